// Server and signing certificates, SSH keys and service-specific credentials: what the store keeps of them.
#include "store/account.hpp"
#include "store/server_certificates.hpp"
#include "store/service_specific_credentials.hpp"
#include "store/signing_certificates.hpp"
#include "store/ssh_public_keys.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;

class CertificatesAndKeysTest : public StoreTest {
  protected:
    ServerCertificate add_server_certificate(const std::string& name, const std::string& path = "/") {
        ServerCertificate certificate{.account = account_,
                                      .id = "ASCA" + name,
                                      .name = name,
                                      .path = path,
                                      .uploaded = at(600),
                                      .expires = at(700),
                                      .body = "body of " + name,
                                      .chain = {},
                                      .takes_tags = true,
                                      .tags = {{"Team", "a"}, {"team", "b"}}};
        server_certificates::insert(tx_, certificate);
        return certificate;
    }
    void add_signing_certificate(const std::string& id, std::optional<std::string> user, std::int64_t uploaded = 1) {
        signing_certificates::insert(tx_, {account_, id, std::move(user), "body", true, at(uploaded)});
    }
    void add_ssh_key(const std::string& id, const std::string& bytes, std::int64_t uploaded = 1) {
        ssh_public_keys::insert(tx_, {account_, id, alice_, bytes, true, at(uploaded)});
    }
    void add_credential(const std::string& id, const std::string& user, const std::string& service,
                        const std::string& name, std::int64_t created = 1) {
        service_specific_credentials::insert(tx_, {account_, id, user, service, name, true, at(created), std::nullopt});
    }
    template <class T>
    static std::vector<std::string> ids(const Page<T>& page) {
        std::vector<std::string> out;
        for (const T& item : page.items) out.push_back(item.id);
        return out;
    }

    const std::string alice_ = add_user("alice").id;
    const std::string bob_ = add_user("bob").id;
};
IAMLOCAL_ON_BOTH_ENGINES(CertificatesAndKeysTest);

TEST_P(CertificatesAndKeysTest, ServerCertificatesAreFoundByName) {
    ServerCertificate web = add_server_certificate("Web");
    web.id = "ASCAother";
    web.name = "other";
    web.chain = "chain";
    server_certificates::insert(tx_, web);
    const auto found = server_certificates::find(tx_, account_, "wEB");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "ASCAWeb");
    EXPECT_EQ(found->name, "Web");
    EXPECT_EQ(found->body, "body of Web");
    EXPECT_EQ(found->chain, std::nullopt);
    EXPECT_EQ(found->uploaded, at(600));
    EXPECT_EQ(found->expires, at(700));
    EXPECT_TRUE(found->takes_tags);
    EXPECT_EQ(server_certificates::find(tx_, account_, "other")->chain, "chain");
    EXPECT_EQ(server_certificates::count(tx_, account_), 2);
    EXPECT_EQ(account::summary(tx_, account_).server_certificates, 2);
    EXPECT_FALSE(server_certificates::exists(tx_, other_account_, "Web"));
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_server_certificate("WEB"); });
}

TEST_P(CertificatesAndKeysTest, ServerCertificatesAreListedByPath) {
    add_server_certificate("b", "/x/");
    add_server_certificate("A", "/x/y/");
    add_server_certificate("c", "/z/");
    EXPECT_EQ(
        pages(2, [&](const PageRequest& request) { return server_certificates::page(tx_, account_, "", request); }),
        "A b|c");
    EXPECT_THAT(names(server_certificates::page(tx_, account_, "/x", {})), ElementsAre("A", "b"));
}

TEST_P(CertificatesAndKeysTest, ARenameKeepsTagsAndStoppingRemovesThem) {
    const std::string id = add_server_certificate("web").id;
    server_certificates::rename(tx_, account_, id, "new", "/p/");
    EXPECT_EQ(server_certificates::find(tx_, account_, "new")->path, "/p/");
    EXPECT_EQ(tags::all(tx_, account_, id).size(), 2U) << "keys with case";
    server_certificates::stop_tags(tx_, account_, id);
    EXPECT_THAT(tags::all(tx_, account_, id), IsEmpty());
    EXPECT_FALSE(server_certificates::find(tx_, account_, "new")->takes_tags);
    server_certificates::remove(tx_, account_, id);
    EXPECT_FALSE(server_certificates::exists(tx_, account_, "new"));
    EXPECT_EQ(server_certificates::count(tx_, account_), 0);
}

TEST_P(CertificatesAndKeysTest, SigningCertificatesBelongToAUserOrToRoot) {
    add_signing_certificate("C1", alice_, 2);
    add_signing_certificate("C0", alice_, 2);
    add_signing_certificate("C2", alice_, 1);
    add_signing_certificate("ROOT", std::nullopt);
    EXPECT_THAT(ids(signing_certificates::page(tx_, account_, alice_, {})), ElementsAre("C2", "C0", "C1"));
    EXPECT_THAT(ids(signing_certificates::page(tx_, account_, std::nullopt, {})), ElementsAre("ROOT"));
    const auto first = signing_certificates::page(tx_, account_, alice_, {{}, 2});
    EXPECT_THAT(ids(signing_certificates::page(tx_, account_, alice_, {first.next, 2})), ElementsAre("C1"));
    EXPECT_EQ(signing_certificates::count(tx_, account_, alice_), 3);
    EXPECT_EQ(signing_certificates::count(tx_, account_, bob_), 0);
    EXPECT_EQ(signing_certificates::find(tx_, account_, "C1")->user_id, alice_);
    EXPECT_EQ(signing_certificates::find(tx_, account_, "ROOT")->user_id, std::nullopt);
    EXPECT_FALSE(signing_certificates::find(tx_, other_account_, "C1"));
    EXPECT_FALSE(signing_certificates::set_active(tx_, account_, bob_, "C1", false));
    EXPECT_FALSE(signing_certificates::set_active(tx_, account_, std::nullopt, "C1", false));
    EXPECT_TRUE(signing_certificates::set_active(tx_, account_, alice_, "C1", false));
    EXPECT_FALSE(signing_certificates::find(tx_, account_, "C1")->active);
    EXPECT_FALSE(signing_certificates::remove(tx_, account_, alice_, "ROOT"));
    EXPECT_TRUE(account::summary(tx_, account_).root_has_signing_certificates);
    EXPECT_TRUE(signing_certificates::remove(tx_, account_, std::nullopt, "ROOT"));
    EXPECT_FALSE(account::summary(tx_, account_).root_has_signing_certificates);
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_signing_certificate("C1", bob_); });
}

TEST_P(CertificatesAndKeysTest, SshKeysAreBytes) {
    const std::string bytes("\0\xff\x80", 3);
    add_ssh_key("APKA2", bytes, 2);
    add_ssh_key("APKA1", "other", 1);
    EXPECT_EQ(ssh_public_keys::find(tx_, account_, "APKA2")->ssh_bytes, bytes);
    EXPECT_FALSE(ssh_public_keys::find(tx_, other_account_, "APKA2"));
    EXPECT_TRUE(ssh_public_keys::has(tx_, account_, alice_, bytes));
    EXPECT_FALSE(ssh_public_keys::has(tx_, account_, bob_, bytes));
    EXPECT_THAT(ids(ssh_public_keys::page(tx_, account_, alice_, {})), ElementsAre("APKA1", "APKA2"));
    const auto first = ssh_public_keys::page(tx_, account_, alice_, {{}, 1});
    EXPECT_THAT(ids(ssh_public_keys::page(tx_, account_, alice_, {first.next, 1})), ElementsAre("APKA2"));
    ssh_public_keys::set_active(tx_, account_, "APKA2", false);
    EXPECT_FALSE(ssh_public_keys::find(tx_, account_, "APKA2")->active);
    ssh_public_keys::remove(tx_, account_, "APKA2");
    EXPECT_EQ(ssh_public_keys::count(tx_, account_, alice_), 1);
}

TEST_P(CertificatesAndKeysTest, CredentialsHaveANamePerService) {
    add_credential("ACCA1", alice_, "git", "alice-at", 3);
    add_credential("ACCA2", alice_, "logs", "alice-at", 2);
    add_credential("ACCA3", bob_, "git", "bob-at", 1);
    EXPECT_TRUE(service_specific_credentials::has_name(tx_, account_, "git", "ALICE-at"));
    EXPECT_FALSE(service_specific_credentials::has_name(tx_, account_, "logs", "bob-at"));
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_credential("ACCA4", bob_, "git", "Alice-AT"); });
    const auto listed = [&](const service_specific_credentials::Filter& filter) {
        return ids(service_specific_credentials::page(tx_, account_, filter, {}));
    };
    EXPECT_THAT(listed({}), ElementsAre("ACCA3", "ACCA2", "ACCA1"));
    EXPECT_THAT(listed({.user_id = {}, .service = "git"}), ElementsAre("ACCA3", "ACCA1"));
    EXPECT_THAT(listed({.user_id = alice_, .service = {}}), ElementsAre("ACCA2", "ACCA1"));
    EXPECT_THAT(listed({.user_id = alice_, .service = "git"}), ElementsAre("ACCA1"));
    const auto first = service_specific_credentials::page(tx_, account_, {}, {{}, 2});
    EXPECT_THAT(ids(service_specific_credentials::page(tx_, account_, {}, {first.next, 2})), ElementsAre("ACCA1"));
    EXPECT_EQ(service_specific_credentials::count(tx_, account_, alice_, "git"), 1);
    service_specific_credentials::set_active(tx_, account_, "ACCA1", false);
    EXPECT_FALSE(service_specific_credentials::find(tx_, account_, "ACCA1")->active);
    service_specific_credentials::remove(tx_, account_, "ACCA1");
    EXPECT_FALSE(service_specific_credentials::find(tx_, account_, "ACCA1"));
}

TEST_P(CertificatesAndKeysTest, CredentialsMayExpire) {
    service_specific_credentials::insert(tx_, {account_, "ACCA1", alice_, "git", "a", true, at(1), at(2)});
    add_credential("ACCA2", alice_, "git", "b");
    EXPECT_EQ(service_specific_credentials::find(tx_, account_, "ACCA1")->expires, at(2));
    EXPECT_EQ(service_specific_credentials::find(tx_, account_, "ACCA2")->expires, std::nullopt);
}

TEST_P(CertificatesAndKeysTest, AUserIsHeldByWhatBelongsToHer) {
    const auto expect_held = [&] {
        expect_violation(ConstraintViolation::Kind::foreign_key, [&] { users::remove(tx_, account_, alice_); });
    };
    add_signing_certificate("C1", alice_);
    add_signing_certificate("ROOT", std::nullopt);
    EXPECT_EQ(users::delete_blockers(tx_, account_, alice_).signing_certificates, 1);
    expect_held();
    signing_certificates::remove(tx_, account_, alice_, "C1");
    add_ssh_key("APKA1", "x");
    EXPECT_EQ(users::delete_blockers(tx_, account_, alice_).ssh_public_keys, 1);
    expect_held();
    ssh_public_keys::remove(tx_, account_, "APKA1");
    add_credential("ACCA1", alice_, "git", "a");
    EXPECT_EQ(users::delete_blockers(tx_, account_, alice_).service_specific_credentials, 1);
    expect_held();
    service_specific_credentials::remove(tx_, account_, "ACCA1");
    EXPECT_NO_THROW(users::remove(tx_, account_, alice_));
}

TEST_P(CertificatesAndKeysTest, TheyGoWithTheirAccount) {
    add_server_certificate("web");
    add_signing_certificate("C1", alice_);
    add_signing_certificate("ROOT", std::nullopt);
    add_ssh_key("APKA1", "x");
    add_credential("ACCA1", alice_, "git", "a");
    account::erase(tx_, account_);
    EXPECT_EQ(
        tx_.number("SELECT (SELECT count(*) FROM server_certificates) + (SELECT count(*) FROM signing_certificates)"
                   " + (SELECT count(*) FROM ssh_public_keys)"
                   " + (SELECT count(*) FROM service_specific_credentials)"),
        0);
}

}  // namespace
}  // namespace iamlocal::store
