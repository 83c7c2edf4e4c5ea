#include "access/unreadable.hpp"

#include <string_view>

#include <fmt/format.h>

#include "policy/parse.hpp"

namespace iamlocal::access {
namespace {

/// A log that is full of them forgets which it has written, rather than growing.
constexpr std::size_t max_noted = 4096;

std::string_view name_of(policy::DocumentKind kind) {
    switch (kind) {
        case policy::DocumentKind::identity:
            return "identity-based policy";
        case policy::DocumentKind::trust:
            return "trust policy";
        case policy::DocumentKind::resource:
            return "resource-based policy";
        case policy::DocumentKind::boundary:
            return "permissions boundary";
        case policy::DocumentKind::session:
            return "session policy";
        case policy::DocumentKind::scp:
            return "service control policy";
        case policy::DocumentKind::rcp:
            return "resource control policy";
    }
    return {};
}

std::size_t hash_of(const UnreadableDocument& document) {
    const std::string all = fmt::format("{}\n{}\n{}\n{}\n{}", document.account.view(), document.owner, document.name,
                                        static_cast<int>(document.kind), document.text);
    return std::hash<std::string>{}(all);
}

}  // namespace

void UnreadableLog::note(const UnreadableDocument& document) {
    {
        const std::lock_guard guard(mutex_);
        if (noted_.size() >= max_noted) noted_.clear();
        if (!noted_.insert(hash_of(document)).second) return;
    }
    const auto parsed = policy::parse(document.text, document.kind, policy::Strictness::lenient);
    const auto* error = std::get_if<policy::ParseError>(&parsed);
    // No stored document is empty: this is one that is named but gone.
    const std::string why = document.text.empty() ? "there is no such policy"
                            : error               ? fmt::format("{}:{}: {}", error->line, error->column, error->message)
                                                  : "";
    log_.write(LogLevel::warn, "a stored policy cannot be read and denies everything",
               {{"account", document.account.view()},
                {"owner", document.owner},
                {"policy", document.name},
                {"type", name_of(document.kind)},
                {"why", why}});
}

}  // namespace iamlocal::access
