#include "aws/arn.hpp"

namespace iamlocal {

std::size_t split_arn(std::string_view text, std::array<std::string_view, 6>& parts) {
    const char* begin = text.data();
    const char* const end = begin + text.size();
    std::size_t count = 0;
    // A loop, because the first parts are shorter than a search in the library is worth.
    for (const char* at = begin; at != end; ++at) {
        if (*at != ':') continue;
        parts[count] = {begin, at};
        begin = at + 1;
        if (++count == parts.size() - 1) break;
    }
    parts[count] = {begin, end};
    return count + 1;
}

std::size_t split_arn_pattern(std::string_view text, std::array<std::string_view, 6>& parts) {
    std::size_t count = 0;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size() && count < parts.size() - 1; ++at) {
        if (text.substr(at).starts_with("${")) {
            const std::size_t end = text.find('}', at);
            if (end == std::string_view::npos) break;
            at = end;
        } else if (text[at] == ':') {
            parts[count++] = text.substr(begin, at - begin);
            begin = at + 1;
        }
    }
    parts[count] = text.substr(begin);
    return count + 1;
}

std::optional<ArnParts> ArnParts::split(std::string_view text) {
    ArnParts parts;
    if (split_arn(text, parts.part) < parts.part.size()) return std::nullopt;
    return parts;
}

std::optional<Arn> Arn::parse(std::string_view text) {
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (!parts) return std::nullopt;
    const auto& [prefix, partition, service, region, account, resource] = parts->part;
    if (prefix != "arn" || partition.empty() || service.empty() || resource.empty()) return std::nullopt;
    return Arn{partition, service, region, account, resource};
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

std::string federated_user(const AccountId& account, std::string_view name) {
    return std::string("arn:aws:sts::").append(account.view()).append(":federated-user/").append(name);
}

bool is_service_linked_role(std::string_view role_arn) {
    const std::size_t role = role_arn.find(":role/");
    return role != std::string_view::npos && role_arn.substr(role + 5).starts_with(service_role_path);
}

}  // namespace arn
}  // namespace iamlocal
