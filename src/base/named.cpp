#include "base/named.hpp"

#include "base/crypto.hpp"

namespace iamlocal {

void Secret::wipe() noexcept {
    iamlocal::wipe({reinterpret_cast<unsigned char*>(text_.data()), text_.size()});
    text_.clear();
}

}  // namespace iamlocal
