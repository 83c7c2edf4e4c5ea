// The callers whom random questions are about: every kind, some related to each other, in two accounts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "policy/request.hpp"

namespace iamlocal::naive {

inline policy::Principal caller(policy::PrincipalKind kind, std::string arn, std::string account, std::string id = {}) {
    policy::Principal principal;
    principal.kind = kind;
    principal.arn = std::move(arn);
    principal.account = std::move(account);
    principal.unique_id = std::move(id);
    return principal;
}

inline std::vector<policy::Principal> make_callers() {
    using policy::Principal;
    using policy::PrincipalKind;
    const std::string one = "111111111111";
    const std::string two = "222222222222";
    const std::string alice = "arn:aws:iam::111111111111:user/alice";

    std::vector<Principal> all;
    all.push_back(caller(PrincipalKind::user, alice, one, "AIDAALICE"));
    all.push_back(caller(PrincipalKind::user, "arn:aws:iam::111111111111:user/team/carol", one, "AIDACAROL"));
    all.push_back(caller(PrincipalKind::user, "arn:aws:iam::222222222222:user/bob", two, "AIDABOB"));

    Principal dev =
        caller(PrincipalKind::role_session, "arn:aws:sts::111111111111:assumed-role/dev/s1", one, "AROADEV");
    dev.role_arn = "arn:aws:iam::111111111111:role/team/dev";
    all.push_back(dev);
    dev.arn = "arn:aws:sts::111111111111:assumed-role/dev/s2";
    dev.provider = "accounts.example.com";
    all.push_back(dev);
    Principal guest =
        caller(PrincipalKind::role_session, "arn:aws:sts::222222222222:assumed-role/dev/s1", two, "AROATWO");
    guest.role_arn = "arn:aws:iam::222222222222:role/dev";
    all.push_back(guest);
    Principal linked = caller(PrincipalKind::role_session,
                              "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/x", one, "AROASLR");
    linked.role_arn = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    all.push_back(linked);

    Principal session = caller(PrincipalKind::user_session, alice, one, "AIDAALICE");
    session.user_arn = alice;
    all.push_back(session);
    Principal fred =
        caller(PrincipalKind::federated_user, "arn:aws:sts::111111111111:federated-user/fred", one, "AIDAALICE");
    fred.user_arn = alice;
    all.push_back(fred);
    fred.unique_id = one;
    fred.user_arn = "arn:aws:iam::111111111111:root";
    all.push_back(fred);

    all.push_back(caller(PrincipalKind::root, "arn:aws:iam::111111111111:root", one, one));
    session = caller(PrincipalKind::user_session, "arn:aws:iam::111111111111:root", one, one);
    session.user_arn = session.arn;
    all.push_back(session);
    all.push_back(caller(PrincipalKind::root, "arn:aws:iam::222222222222:root", two, two));
    all.push_back(caller(PrincipalKind::anonymous, "", ""));
    all.push_back(caller(PrincipalKind::service, "lambda.amazonaws.com", ""));
    Principal web = caller(PrincipalKind::web_identity, "", "");
    web.provider = "accounts.example.com";
    all.push_back(web);
    Principal saml = caller(PrincipalKind::saml, "", "");
    saml.provider = "arn:aws:iam::111111111111:saml-provider/okta";
    all.push_back(saml);
    dev.arn = "arn:aws-cn:sts::111111111111:assumed-role/dev/s1";
    dev.role_arn = "arn:aws-cn:iam::111111111111:role/dev";
    dev.unique_id = "AROACHINA";
    all.push_back(dev);
    all.push_back(caller(PrincipalKind::user, "arn:aws-cn:iam::111111111111:user/alice", one, "AIDACHINA"));
    return all;
}

/// Made once: questions point into it.
inline const std::vector<policy::Principal>& callers() {
    static const std::vector<policy::Principal> all = make_callers();
    return all;
}

}  // namespace iamlocal::naive
