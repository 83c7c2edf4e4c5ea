// What the trail gets of requests: secrets of no operation, by the marks in the descriptions of inputs.
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/operations.hpp"
#include "trail/request_parameters.hpp"
#include "trail/sent.hpp"
#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

using protocol::ListRule;
using protocol::Presence;
using protocol::TextRule;

/// Makes parameters of all texts that an input has, each with its name as its value.
class Everything final : public protocol::Fields {
  public:
    explicit Everything(std::vector<std::string>& names, std::string prefix = {})
        : names_(names), prefix_(std::move(prefix)) {}

  protected:
    void text(const char* name, Presence, const TextRule&, protocol::Slot<std::string_view>) override {
        names_.push_back(prefix_ + name);
    }
    void integer(const char*, Presence, const protocol::NumberRule&, protocol::Slot<std::int64_t>) override {}
    void boolean(const char*, Presence, protocol::Slot<bool>) override {}
    void text_list(const char* name, Presence, const ListRule&, const TextRule&,
                   protocol::Slot<std::string_view>) override {
        names_.push_back(prefix_ + name + ".member.1");
    }
    void structure_list(const char* name, Presence, const ListRule&, protocol::StructureList list) override {
        Everything within(names_, prefix_ + name + ".member.1.");
        list.append(list.target, within);
    }
    void structure_member(const char* name, Presence, protocol::StructureMember member) override {
        Everything within(names_, prefix_ + name + ".");
        member.describe(member.target, within);
    }
    void map_member(const char* name, Presence, protocol::MapEntries entries) override {
        names_.push_back(prefix_ + name + ".entry.1.key");
        Everything within(names_, prefix_ + name + ".entry.1.");
        entries.append(entries.target, "key", within);
    }

  private:
    std::vector<std::string>& names_;
    std::string prefix_;
};

std::vector<const api::Operation*> operations() {
    std::vector<const api::Operation*> all;
    for (const Service& service : served_services().rows())
        for (const auto& resource : service.operations)
            for (const api::Operation& operation : resource) all.push_back(&operation);
    return all;
}

/// The last name of a dotted one that is no number or word of lists.
std::string last_name(std::string name) {
    for (const std::string_view end : {".member.1", ".value", ".key"})
        if (name.ends_with(end)) name.resize(name.size() - end.size());
    return name.substr(name.rfind('.') + 1);
}

/// Whether a name sounds like one of a secret's. A new member of such a name must be marked, or be named below.
bool sounds_secret(const std::string& name) {
    const std::string folded = fold_case(name);
    for (const char* word : {"password", "privatekey", "secret", "seed", "code", "token", "assertion"})
        if (folded.find(word) != std::string::npos) return true;
    return false;
}

const std::set<std::string> open_members = {
    "GlobalEndpointTokenVersion",  // v1Token or v2Token
    "RemovePrivateKey",            // the key's id
    "EncodedMessage",              // sealed, and who may open it is decided
    "AssertionEncryptionMode",     // Required or Allowed
};

TEST(Recording, LeavesOutTheSecretsOfEveryOperation) {
    const trail::Secrets secrets(operations());
    std::set<std::string> marked;
    for (const api::Operation* operation : operations()) {
        std::vector<std::string> names;
        Everything everything(names);
        operation->describe(everything);
        std::string body;
        for (const std::string& name : names) body.append(body.empty() ? "" : "&").append(name + "=<" + name + ">");
        protocol::Parameters parameters;
        ASSERT_FALSE(parameters.parse({}, body));
        const auto kept = trail::sent_parameters(*operation, {}, parameters, secrets);
        const std::string sent = kept ? kept->form : body;
        // Whatever was kept, the record shows no more than it may.
        const std::string shown = trail::request_parameters(*operation, body).dump();
        const std::string of_kept = trail::request_parameters(*operation, sent).dump();
        EXPECT_EQ(shown, of_kept) << operation->name;
        for (const std::string& name : names) {
            const std::string value = "<" + name + ">";
            const bool is_kept = sent.find(percent_encode(value)) != std::string::npos || sent.find(value) != std::string::npos;
            const bool is_shown = shown.find(value) != std::string::npos;
            const bool is_key = name.ends_with(".key");
            EXPECT_EQ(is_kept, is_shown || is_key) << operation->name << " " << name;
            const std::string last = last_name(name);
            if (!is_kept) marked.insert(last);
            if (sounds_secret(last) && !open_members.contains(last)) {
                EXPECT_FALSE(is_kept) << operation->name << " " << name << " sounds like a secret and is not marked";
            }
        }
    }
    EXPECT_EQ(marked, (std::set<std::string>{"AddPrivateKey", "AuthenticationCode1", "AuthenticationCode2",
                                             "ContextAssertion", "NewPassword", "OldPassword", "Password", "PrivateKey",
                                             "SAMLAssertion", "TokenCode", "TradeInToken", "WebIdentityToken"}));
}

TEST(Recording, KeepsAnOrdinaryBodyAsItIs) {
    const trail::Secrets secrets(operations());
    const api::Operation* get_user = served_services().find_by_name("iam")->find_operation("GetUser");
    const api::Operation* change = served_services().find_by_name("iam")->find_operation("ChangePassword");
    protocol::Parameters parameters;
    ASSERT_FALSE(parameters.parse({}, "Action=GetUser&UserName=a"));
    EXPECT_FALSE(trail::sent_parameters(*get_user, {}, parameters, secrets));
    EXPECT_EQ(trail::sent_parameters(*get_user, {.query = "x", .has_plain_body = true}, parameters, secrets)->form,
              "Action=GetUser&UserName=a");
    EXPECT_EQ(trail::sent_parameters(*get_user, {.query = {}, .has_plain_body = false}, parameters, secrets)->form,
              "Action=GetUser&UserName=a");
    ASSERT_FALSE(parameters.parse({}, "Action=ChangePassword&OldPassword=abcd&NewPassword=b"));
    const auto kept = trail::sent_parameters(*change, {}, parameters, secrets);
    EXPECT_EQ(kept->form, "Action=ChangePassword");
    EXPECT_EQ(trail::without_secrets("abcd is abcd, 'b' is b", kept->secrets),
              "HIDDEN_DUE_TO_SECURITY_REASONS is HIDDEN_DUE_TO_SECURITY_REASONS, HIDDEN_DUE_TO_SECURITY_REASONS is b");
}

TEST(Recording, NamesErrorsOfTheModelBySomeShape) {
    Bed bed;
    bed.iam({}, "GetUser", {{"UserName", "nobody"}});
    http::Request request;
    request.method = "GET";
    request.target = "/_iamlocal/events";
    const auto found = nlohmann::json::parse(bed.deliver(request).body);
    ASSERT_EQ(found["events"].size(), 1u);
    EXPECT_EQ(found["events"][0]["errorCode"], "NoSuchEntityException");
    EXPECT_EQ(found["events"][0]["requestParameters"]["userName"], "nobody");
}

}  // namespace
}  // namespace iamlocal::app
