// What is told to programs of the machine that they run on: the instance, its containers and pods, and whose roles they
// have.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"

namespace iamlocal::metadata {

/// A role or an instance profile.
struct NamedThing {
    AccountId account;
    std::string name;
};

/// Reads a name, which is of `account`, or an ARN of that type (`role`, `instance-profile`), whose path is not looked
/// at. Nothing for any other text.
std::optional<NamedThing> parse_thing(std::string_view text, std::string_view type, const AccountId& account);

struct Instance {
    bool enabled = true;
    bool tokens_required = true;  ///< IMDSv2 alone; else requests without a token are answered, too
    std::optional<NamedThing> profile;
    std::string id = "i-1234567890abcdef0";
    std::string region = "us-east-1";
    std::string zone = "us-east-1a";
    std::string type = "t3.micro";
    std::string image_id = "ami-0abcdef1234567890";
    std::string private_ip = "10.0.0.10";
    std::string vpc_id = "vpc-0abcdef1234567890";
    Seconds launched{};

    /// In that Region, in the first of its zones.
    void move_to(std::string_view new_region);
};

struct Container {
    NamedThing role;
    std::optional<Secret> authorization;  ///< what the header Authorization must be; nothing: the machine's, if any
};

/// A pod identity association: which role the pods of a service account have.
struct Association {
    std::string name_space;
    std::string service_account;
    NamedThing role;
    bool session_tags = true;
};

struct Machine {
    AccountId account;  ///< of names without an account, and of cluster and tasks
    Instance instance;
    std::map<std::string, Container> containers;  ///< by the id in their credentials' path
    std::string cluster = "iamlocal";
    std::vector<Association> associations;
    std::optional<Secret> authorization;  ///< what containers must present; nothing: none of them needs to

    const Association* find_association(std::string_view name_space, std::string_view service_account) const;
};

/// A container's id: letters, digits, `-` and `_`, up to 64 of them.
bool is_container_id(std::string_view text);
/// The name of a Kubernetes object: small letters, digits, `-` and `.`, up to 253 of them.
bool is_kubernetes_name(std::string_view text);

/// The machine as a declaration in JSON has it; what that leaves out is as in `configured`. A sentence for what is no
/// such declaration.
std::variant<Machine, std::string> declare_machine(const Machine& configured, std::string_view json);
/// The same in JSON, without its secrets.
std::string show_machine(const Machine& machine);

}  // namespace iamlocal::metadata
