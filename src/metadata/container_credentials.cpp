#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "metadata/door.hpp"

namespace iamlocal::metadata {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view ecs_tasks = "ecs-tasks.amazonaws.com";
constexpr std::string_view eks_pods = "pods.eks.amazonaws.com";
constexpr std::string_view task_prefix = "/v2/credentials/";
constexpr std::string_view role_prefix = "/role/";
constexpr std::string_view pod_path = "/v1/credentials";
constexpr std::size_t longest_session_name = 64;

void answer_object(http::Response& response, int status, const OrderedJson& object) {
    response.status = status;
    response.content_type = "application/json";
    response.body = json_text(object);
}

/// The form of errors that SDKs know of credentials' endpoints.
void refuse_container(http::Response& response, int status, std::string_view code, std::string_view message) {
    answer_object(response, status, {{"Code", code}, {"Message", message}});
}

OrderedJson shown(const Session& session, const AccountId& account) {
    return {{"AccessKeyId", session.access_key_id},
            {"SecretAccessKey", session.secret.reveal()},
            {"Token", session.token},
            {"AccountId", account.str()},
            {"Expiration", format_iso8601(session.expires)}};
}

bool presents(const http::Request& request, const Secret& secret) {
    return equal_in_constant_time(request.header("Authorization"), secret.reveal());
}

/// What stands before a name and its ids that may be too long together.
std::string session_name(std::string_view front, std::string_view end) {
    const std::size_t room = longest_session_name - end.size();
    return std::string(front.substr(0, room)).append(end);
}

void give_task_role(const Visit& visit, const NamedThing& named, std::string_view task) {
    const std::optional<Role> role = visit.accounts.find_role(named);
    Wish wish;
    wish.service = ecs_tasks;
    wish.role = named;
    wish.session_name = task;
    wish.source_arn = fmt::format("arn:aws:ecs:{}:{}:task/{}/{}", visit.machine.instance.region,
                                  visit.machine.account.view(), visit.machine.cluster, task);
    const auto got = visit.metadata.sessions().get(visit.accounts, wish, role ? role->id : "", visit.now);
    if (std::holds_alternative<Refused>(got))
        return refuse_container(
            visit.response, 403, "AccessDenied",
            fmt::format("ECS was unable to assume the role '{}' that was provided for this task. Please verify "
                        "that the role being passed has the proper trust relationship and permissions and "
                        "that your IAM user has permissions to pass this role.",
                        role ? role->arn : named.name));
    OrderedJson answer = shown(std::get<Session>(got), named.account);
    if (role) answer["RoleArn"] = role->arn;
    answer_object(visit.response, 200, answer);
}

void refuse_authorization(http::Response& response) {
    refuse_container(response, 401, "Unauthorized", "The header Authorization is not the container's token.");
}

void answer_task(const Visit& visit, std::string_view id) {
    const auto found = visit.machine.containers.find(std::string(id));
    if (found == visit.machine.containers.end())
        return refuse_container(visit.response, 400, "InvalidIdInRequest",
                                "CredentialsV2Request: Credentials not found");
    const Container& container = found->second;
    const std::optional<Secret>& secret =
        container.authorization ? container.authorization : visit.machine.authorization;
    if (secret && !presents(visit.request, *secret)) return refuse_authorization(visit.response);
    give_task_role(visit, container.role, id);
}

/// Any role of the account for who asks: only on this machine, or with the token.
void answer_role(const Visit& visit, std::string_view name) {
    const std::optional<Secret>& secret = visit.machine.authorization;
    if (secret ? !presents(visit.request, *secret) : !visit.request.loopback)
        return refuse_authorization(visit.response);
    const std::optional<NamedThing> role = parse_thing(name, "role", visit.machine.account);
    if (!role) return refuse_container(visit.response, 400, "InvalidRoleName", "That is no role's name.");
    give_task_role(visit, *role, "iamlocal");
}

Wish wish_for(const Visit& visit, const Pod& pod, const Association& association) {
    const Machine& machine = visit.machine;
    Wish wish;
    wish.service = eks_pods;
    wish.role = association.role;
    wish.session_name = session_name(fmt::format("eks-{}-{}", machine.cluster, pod.name), "-" + pod.uid.substr(0, 36));
    wish.source_arn =
        fmt::format("arn:aws:eks:{}:{}:cluster/{}", machine.instance.region, machine.account.view(), machine.cluster);
    if (association.session_tags)
        wish.tags = {{"eks-cluster-arn", wish.source_arn},     {"eks-cluster-name", machine.cluster},
                     {"kubernetes-namespace", pod.name_space}, {"kubernetes-service-account", pod.service_account},
                     {"kubernetes-pod-name", pod.name},        {"kubernetes-pod-uid", pod.uid}};
    return wish;
}

/// The agent's errors are plain text with what EKS has told it.
void refuse_pod(http::Response& response, int status, std::string_view code, std::string_view message) {
    answer_text(response, status, fmt::format("{}: {}\n", code, message));
}

void answer_pod(const Visit& visit) {
    http::Response& response = visit.response;
    const std::string_view token = visit.request.header("Authorization");
    if (token.empty()) return answer_text(response, 400, "Service account token cannot be empty\n");
    const auto read = visit.metadata.pod_tokens().read(token, visit.now);
    if (const auto* fault = std::get_if<PodTokenFault>(&read))
        return refuse_pod(response, 400, fault->code, fault->message);
    const Pod& pod = std::get<Pod>(read);
    const Association* const association = visit.machine.find_association(pod.name_space, pod.service_account);
    if (association == nullptr)
        return refuse_pod(response, 404, "ResourceNotFoundException",
                          fmt::format("No pod identity association for {}/{}.", pod.name_space, pod.service_account));
    const std::optional<Role> role = visit.accounts.find_role(association->role);
    const auto got = visit.metadata.sessions().get(visit.accounts, wish_for(visit, pod, *association),
                                                   role ? role->id : "", visit.now);
    if (std::holds_alternative<Refused>(got))
        return refuse_pod(response, 400, "AccessDeniedException",
                          "Unauthorized Exception! EKS does not have permissions to assume the associated role.");
    answer_object(response, 200, shown(std::get<Session>(got), association->role.account));
}

}  // namespace

bool answer_container(const Visit& visit, std::string_view path) {
    const bool is_task = path.starts_with(task_prefix);
    const bool is_role = path.starts_with(role_prefix);
    if (!is_task && !is_role && path != pod_path) return false;
    if (visit.request.method != "GET" && visit.request.method != "HEAD") {
        refuse_container(visit.response, 405, "MethodNotAllowed", "Credentials are asked for with GET.");
        visit.response.headers.emplace_back("Allow", "GET, HEAD");
    } else if (is_task) {
        answer_task(visit, path.substr(task_prefix.size()));
    } else if (is_role) {
        answer_role(visit, path.substr(role_prefix.size()));
    } else {
        answer_pod(visit);
    }
    return true;
}

}  // namespace iamlocal::metadata
