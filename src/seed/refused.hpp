// Why a seed is refused: the one way out for everything that is wrong with it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "tree/node.hpp"

namespace iamlocal::seed {

/// what() is `file:line:column: Code: message`. Caught where a seed is asked for: by the route, the command, the start.
class Refused final : public std::runtime_error {
  public:
    /// `code`: AWS's, where AWS has a word for it; otherwise empty.
    Refused(tree::Place place, std::string_view code, std::string_view message);

    const tree::Place& place() const { return place_; }
    const std::string& code() const { return code_; }
    const std::string& message() const { return message_; }

  private:
    tree::Place place_;
    std::string code_;
    std::string message_;
};

[[noreturn]] void refuse(const tree::Node& at, std::string_view message);

}  // namespace iamlocal::seed
