#include "base/arn.hpp"

#include <array>

namespace iamlocal {

std::optional<Arn> Arn::parse(std::string_view text) {
    std::array<std::string_view, 5> parts;
    for (std::string_view& part : parts) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        part = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    const Arn arn{parts[1], parts[2], parts[3], parts[4], text};
    if (parts[0] != "arn" || arn.partition.empty() || arn.service.empty() || arn.resource.empty()) return std::nullopt;
    return arn;
}

namespace arn {

std::string iam(const AccountId& account, std::string_view type, std::string_view path, std::string_view name) {
    std::string out;
    out.reserve(26 + type.size() + path.size() + name.size());
    out.append("arn:aws:iam::").append(account.view()).append(":").append(type).append(path).append(name);
    return out;
}

std::string root(const AccountId& account) { return iam(account, "root", "", ""); }

std::string assumed_role(const AccountId& account, std::string_view role, std::string_view session) {
    std::string out;
    out.reserve(40 + role.size() + session.size());
    out.append("arn:aws:sts::").append(account.view()).append(":assumed-role/").append(role);
    return out.append("/").append(session);
}

}  // namespace arn
}  // namespace iamlocal
