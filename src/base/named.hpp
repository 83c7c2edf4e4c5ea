// Strings with a meaning of their own, so that an account id cannot be passed where an access key id is wanted.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace iamlocal {

/// A string of one kind. Construction is explicit; reading is `str()` or `view()`.
template <class Tag>
class Named {
  public:
    Named() = default;
    explicit Named(std::string text) : text_(std::move(text)) {}
    explicit Named(std::string_view text) : text_(text) {}
    explicit Named(const char* text) : text_(text) {}

    const std::string& str() const { return text_; }
    std::string_view view() const { return text_; }
    bool empty() const { return text_.empty(); }

    friend bool operator==(const Named&, const Named&) = default;
    friend auto operator<=>(const Named&, const Named&) = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14

  private:
    std::string text_;
};

/// Twelve digits.
using AccountId = Named<struct AccountIdTag>;
/// `AKIA…`, `ASIA…`, or the name of a configured root key.
using AccessKeyId = Named<struct AccessKeyIdTag>;

/// A secret: has no stream operator and no formatter, and overwrites its memory when it goes.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    explicit Secret(std::string_view text) : text_(text) {}
    explicit Secret(const char* text) : text_(text) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Secret& operator=(const Secret&) = default;
    Secret& operator=(Secret&& other) noexcept {
        if (this != &other) {
            wipe();
            text_ = std::move(other.text_);
            other.wipe();
        }
        return *this;
    }
    ~Secret() { wipe(); }

    /// The text itself; every use of this is a place to look at when secrets leak.
    const std::string& reveal() const { return text_; }
    bool empty() const { return text_.empty(); }

  private:
    void wipe() noexcept;
    std::string text_;
};

}  // namespace iamlocal

template <class Tag>
struct std::hash<iamlocal::Named<Tag>> {
    std::size_t operator()(const iamlocal::Named<Tag>& name) const noexcept {
        return std::hash<std::string>{}(name.str());
    }
};
