#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/regions.hpp"
#include "metadata/machine.hpp"

namespace iamlocal::metadata {
namespace {

using Json = nlohmann::json;
using Problem = std::optional<std::string>;

constexpr std::size_t most_containers = 1000;
constexpr std::size_t longest_text = 64;
constexpr std::size_t longest_secret = 4096;

/// Names that are not among `known`.
Problem unknown_member(const Json& object, std::string_view what, std::initializer_list<std::string_view> known) {
    if (!object.is_object()) return fmt::format("{} is an object", what);
    for (const auto& item : object.items())
        if (std::find(known.begin(), known.end(), item.key()) == known.end())
            return fmt::format("{} has no member {}", what, item.key());
    return std::nullopt;
}

/// A short text that can stand in a line of its own.
Problem take_text(const Json& object, const char* name, std::string& target) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    if (found->is_string()) {
        const auto& text = found->get_ref<const std::string&>();
        const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
        if (!text.empty() && text.size() <= longest_text && is_plain) {
            target = text;
            return std::nullopt;
        }
    }
    return fmt::format("{} is a text of up to {} characters without blanks", name, longest_text);
}

Problem take_bool(const Json& object, const char* name, bool& target) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    if (!found->is_boolean()) return fmt::format("{} is true or false", name);
    target = found->get<bool>();
    return std::nullopt;
}

/// A header's value that is a secret; null takes away the one that there was.
Problem take_secret(const Json& object, const char* name, std::optional<Secret>& target) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    if (found->is_null()) {
        target.reset();
        return std::nullopt;
    }
    if (found->is_string()) {
        const auto& text = found->get_ref<const std::string&>();
        const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
        if (!text.empty() && text.size() <= longest_secret && is_plain && text.front() != ' ' && text.back() != ' ') {
            target = Secret(text);
            return std::nullopt;
        }
    }
    return fmt::format("{} is what a header can hold", name);
}

Problem take_role(const Json& object, const AccountId& account, NamedThing& target) {
    const auto found = object.find("role");
    const auto role = found != object.end() && found->is_string()
                          ? parse_thing(found->get_ref<const std::string&>(), "role", account)
                          : std::nullopt;
    if (!role) return std::string("role is a role's name or ARN");
    target = *role;
    return std::nullopt;
}

Problem first_of(std::initializer_list<Problem> problems) {
    for (const Problem& problem : problems)
        if (problem) return problem;
    return std::nullopt;
}

Problem read_instance(const Json& object, const AccountId& account, Instance& instance) {
    if (Problem problem = unknown_member(object, "instance",
                                         {"enabled", "tokens", "profile", "id", "region", "availability_zone", "type",
                                          "image_id", "private_ip", "vpc_id"}))
        return problem;
    std::string tokens = "required";
    std::string region = instance.region;
    if (Problem problem = first_of({take_text(object, "tokens", tokens), take_text(object, "region", region)}))
        return problem;
    if (object.contains("tokens")) {
        if (tokens != "required" && tokens != "optional") return std::string("tokens is required or optional");
        instance.tokens_required = tokens == "required";
    }
    if (!aws::is_region_name(region)) return std::string("region is the name of a Region");
    if (region != instance.region) instance.move_to(region);
    if (object.contains("profile")) {
        const Json& profile = object["profile"];
        instance.profile = profile.is_string()
                               ? parse_thing(profile.get_ref<const std::string&>(), "instance-profile", account)
                               : std::nullopt;
        if (!instance.profile && !profile.is_null()) return std::string("profile is an instance profile's name or ARN");
    }
    if (Problem problem = first_of(
            {take_bool(object, "enabled", instance.enabled), take_text(object, "availability_zone", instance.zone),
             take_text(object, "type", instance.type), take_text(object, "image_id", instance.image_id),
             take_text(object, "private_ip", instance.private_ip), take_text(object, "vpc_id", instance.vpc_id),
             take_text(object, "id", instance.id)}))
        return problem;
    // It is the name of the instance's sessions, too.
    if (!is_container_id(instance.id)) return std::string("id is like i-1234567890abcdef0");
    return std::nullopt;
}

Problem read_containers(const Json& object, Machine& machine) {
    if (!object.is_object()) return std::string("containers is an object");
    machine.containers.clear();
    for (const auto& item : object.items()) {
        if (!is_container_id(item.key())) return std::string("a container's id has 2 to 64 letters, digits, - and _");
        Container container;
        if (Problem problem = unknown_member(item.value(), "a container", {"role", "authorization_token"}))
            return problem;
        if (Problem problem = first_of({take_role(item.value(), machine.account, container.role),
                                        take_secret(item.value(), "authorization_token", container.authorization)}))
            return problem;
        machine.containers.emplace(item.key(), std::move(container));
    }
    if (machine.containers.size() > most_containers)
        return fmt::format("there are {} containers at most", most_containers);
    return std::nullopt;
}

Problem read_associations(const Json& list, Machine& machine) {
    if (!list.is_array()) return std::string("pod_identities is a list");
    machine.associations.clear();
    for (const Json& item : list) {
        Association association;
        if (Problem problem =
                unknown_member(item, "a pod identity", {"namespace", "service_account", "role", "session_tags"}))
            return problem;
        if (Problem problem = first_of({take_text(item, "namespace", association.name_space),
                                        take_text(item, "service_account", association.service_account),
                                        take_role(item, machine.account, association.role),
                                        take_bool(item, "session_tags", association.session_tags)}))
            return problem;
        if (!is_kubernetes_name(association.name_space) || !is_kubernetes_name(association.service_account))
            return std::string("namespace and service_account are names of Kubernetes");
        if (machine.find_association(association.name_space, association.service_account) != nullptr)
            return std::string("a service account has one role");
        machine.associations.push_back(std::move(association));
    }
    if (machine.associations.size() > most_containers)
        return fmt::format("there are {} pod identities at most", most_containers);
    return std::nullopt;
}

Problem read_machine(const Json& object, Machine& machine) {
    if (Problem problem = unknown_member(
            object, "the declaration", {"instance", "containers", "cluster", "pod_identities", "authorization_token"}))
        return problem;
    if (Problem problem = first_of({take_text(object, "cluster", machine.cluster),
                                    take_secret(object, "authorization_token", machine.authorization)}))
        return problem;
    if (!is_container_id(machine.cluster)) return std::string("cluster has 2 to 64 letters, digits, - and _");
    if (object.contains("instance"))
        if (Problem problem = read_instance(object["instance"], machine.account, machine.instance)) return problem;
    if (object.contains("containers"))
        if (Problem problem = read_containers(object["containers"], machine)) return problem;
    if (object.contains("pod_identities"))
        if (Problem problem = read_associations(object["pod_identities"], machine)) return problem;
    return std::nullopt;
}

std::string arn_of(const NamedThing& thing, std::string_view type) {
    return fmt::format("arn:aws:iam::{}:{}/{}", thing.account.view(), type, thing.name);
}

}  // namespace

std::variant<Machine, std::string> declare_machine(const Machine& configured, std::string_view json) {
    const Json object = Json::parse(json, nullptr, false);
    if (object.is_discarded()) return std::string("the body is no JSON");
    Machine machine = configured;
    if (Problem problem = read_machine(object, machine)) return *std::move(problem);
    return machine;
}

std::string show_machine(const Machine& machine) {
    const Instance& instance = machine.instance;
    nlohmann::ordered_json shown;
    shown["instance"] = {{"enabled", instance.enabled},
                         {"tokens", instance.tokens_required ? "required" : "optional"},
                         {"profile", nullptr},
                         {"id", instance.id},
                         {"region", instance.region},
                         {"availability_zone", instance.zone},
                         {"type", instance.type},
                         {"image_id", instance.image_id},
                         {"private_ip", instance.private_ip},
                         {"vpc_id", instance.vpc_id}};
    if (instance.profile) shown["instance"]["profile"] = arn_of(*instance.profile, "instance-profile");
    shown["containers"] = nlohmann::ordered_json::object();
    for (const auto& [id, container] : machine.containers)
        shown["containers"][id] = {{"role", arn_of(container.role, "role")}};
    shown["cluster"] = machine.cluster;
    shown["pod_identities"] = nlohmann::ordered_json::array();
    for (const Association& association : machine.associations)
        shown["pod_identities"].push_back({{"namespace", association.name_space},
                                           {"service_account", association.service_account},
                                           {"role", arn_of(association.role, "role")},
                                           {"session_tags", association.session_tags}});
    return shown.dump();
}

}  // namespace iamlocal::metadata
