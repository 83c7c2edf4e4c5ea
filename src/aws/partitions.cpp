#include "aws/partitions.hpp"

#include <algorithm>

namespace iamlocal::aws {

bool is_partition(std::string_view text) {
    return std::find(partitions.begin(), partitions.end(), text) != partitions.end();
}

}  // namespace iamlocal::aws
