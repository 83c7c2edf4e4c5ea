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

void add_session(Resources& resources, const Elements& elements) {
    const Json none = Json::object();
    const Json& response = elements.response.is_object() ? elements.response : none;
    const Json session = response.value("assumedRoleUser", none);
    const std::string arn = text_at(session, "arn");
    resources.add("AWS::IAM::AccessKey", text_at(response.value("credentials", none), "accessKeyId"));
    resources.add("AWS::STS::AssumedRole", arn);
    resources.add("AWS::STS::AssumedRole", text_at(session, "assumedRoleId"));
    resources.add("AWS::STS::AssumedRole", arn.substr(arn.rfind('/') + 1));
    resources.add("AWS::IAM::Role", text_at(elements.request, "roleArn"));
    resources.add("AWS::IAM::SAMLProvider", text_at(elements.request, "principalArn"));
}

void add_things(Resources& resources, const Elements& elements) {
    if (elements.response.is_object()) {
        for (const Made& thing : made_things) {
            const auto found = elements.response.find(thing.structure);
            if (found == elements.response.end()) continue;
            resources.add(thing.type, text_at(*found, "arn"));
            resources.add(thing.type, text_at(*found, thing.name));
            resources.add(thing.type, text_at(*found, thing.id));
        }
        const auto key = elements.response.find("accessKey");
        if (key != elements.response.end()) {
            resources.add("AWS::IAM::AccessKey", text_at(*key, "accessKeyId"));
            resources.add("AWS::IAM::User", text_at(*key, "userName"));
        }
    }
    for (const Named& named : requested) resources.add(named.type, text_at(elements.request, named.member));
}

}  // namespace

std::vector<NamedResource> named_resources(const Event& event) {
    if (event.has_failed()) return {};
    Resources resources;
    if (event.name.starts_with("AssumeRole"))
        add_session(resources, elements_of(event));
    else if (!event.is_read && event.source == Source::iam)
        add_things(resources, elements_of(event));
    return resources.take();
}

}  // namespace iamlocal::trail
