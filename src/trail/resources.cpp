#include "trail/resources.hpp"

#include <algorithm>
#include <array>

#include "trail/elements.hpp"

namespace iamlocal::trail {
namespace {

struct Named {
    std::string_view member;  ///< of `requestParameters`
    std::string_view type;
};

/// What a request may name.
constexpr std::array requested = {
    Named{"accessKeyId", "AWS::IAM::AccessKey"},
    Named{"groupName", "AWS::IAM::Group"},
    Named{"instanceProfileName", "AWS::IAM::InstanceProfile"},
    Named{"openIDConnectProviderArn", "AWS::IAM::OIDCProvider"},
    Named{"policyArn", "AWS::IAM::Policy"},
    Named{"policyName", "AWS::IAM::Policy"},
    Named{"roleName", "AWS::IAM::Role"},
    Named{"sAMLProviderArn", "AWS::IAM::SAMLProvider"},
    Named{"serverCertificateName", "AWS::IAM::ServerCertificate"},
    Named{"serialNumber", "AWS::IAM::MFADevice"},
    Named{"userName", "AWS::IAM::User"},
};

/// What an answer may show of a thing that was made: its ARN, its name and its id, in this order.
struct Made {
    std::string_view structure;  ///< of `responseElements`
    std::string_view type;
    std::string_view name;
    std::string_view id;
};
constexpr std::array made_things = {
    Made{"group", "AWS::IAM::Group", "groupName", "groupId"},
    Made{"instanceProfile", "AWS::IAM::InstanceProfile", "instanceProfileName", "instanceProfileId"},
    Made{"policy", "AWS::IAM::Policy", "policyName", "policyId"},
    Made{"role", "AWS::IAM::Role", "roleName", "roleId"},
    Made{"user", "AWS::IAM::User", "userName", "userId"},
};

std::string text_at(const Json& object, std::string_view name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

constexpr std::string_view assuming_role = "AssumeRole";

bool names_resources(std::string_view event_name, bool is_read, bool is_iam) {
    return event_name.starts_with(assuming_role) || (!is_read && is_iam);
}

class Resources {
  public:
    void add(std::string_view type, std::string name) {
        const auto is_same = [&](const NamedResource& known) { return known.type == type && known.name == name; };
        if (name.empty() || std::any_of(list_.begin(), list_.end(), is_same)) return;
        list_.push_back({type, std::move(name)});
    }
    std::vector<NamedResource> take() {
        std::stable_sort(list_.begin(), list_.end(),
                         [](const NamedResource& a, const NamedResource& b) { return a.type < b.type; });
        return std::move(list_);
    }

  private:
    std::vector<NamedResource> list_;
};

void add_session(Resources& resources, const RecordedCall& call) {
    const Json none = Json::object();
    const auto member = [&](std::string_view name) {
        const auto found = call.response.is_object() ? call.response.find(name) : call.response.end();
        return found != call.response.end() ? *found : none;
    };
    const Json session = member("assumedRoleUser");
    const std::string arn = text_at(session, "arn");
    resources.add("AWS::IAM::AccessKey", text_at(member("credentials"), "accessKeyId"));
    resources.add("AWS::STS::AssumedRole", arn);
    resources.add("AWS::STS::AssumedRole", text_at(session, "assumedRoleId"));
    resources.add("AWS::STS::AssumedRole", arn.substr(arn.rfind('/') + 1));
    resources.add("AWS::IAM::Role", text_at(call.request, "roleArn"));
    resources.add("AWS::IAM::SAMLProvider", text_at(call.request, "principalArn"));
}

void add_things(Resources& resources, const RecordedCall& call) {
    if (call.response.is_object()) {
        for (const Made& thing : made_things) {
            const auto found = call.response.find(thing.structure);
            if (found == call.response.end()) continue;
            resources.add(thing.type, text_at(*found, "arn"));
            resources.add(thing.type, text_at(*found, thing.name));
            resources.add(thing.type, text_at(*found, thing.id));
        }
        const auto key = call.response.find("accessKey");
        if (key != call.response.end()) {
            resources.add("AWS::IAM::AccessKey", text_at(*key, "accessKeyId"));
            resources.add("AWS::IAM::User", text_at(*key, "userName"));
        }
    }
    for (const Named& named : requested) resources.add(named.type, text_at(call.request, named.member));
}

}  // namespace

std::vector<NamedResource> named_resources(const Event& event) {
    const bool is_iam = event.source == Source::iam;
    if (event.has_failed() || !names_resources(event.name, event.is_read, is_iam)) return {};
    const Elements elements = elements_of(event);
    return named_resources(RecordedCall{event.name, event.is_read, is_iam, elements.request, elements.response});
}

std::vector<NamedResource> named_resources(const RecordedCall& call) {
    if (!names_resources(call.name, call.is_read, call.is_iam)) return {};
    Resources resources;
    if (call.name.starts_with(assuming_role))
        add_session(resources, call);
    else
        add_things(resources, call);
    return resources.take();
}

}  // namespace iamlocal::trail
