// Server certificates: a certificate with its chain, under a name. Their private keys are not kept: no operation gives
// one back, and nothing here serves TLS with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"
#include "store/tags.hpp"

namespace iamlocal::store {

struct ServerCertificate {
    AccountId account;
    std::string id;  ///< ASCA…
    std::string name;
    std::string path;
    Seconds uploaded{};
    Seconds expires{};
    std::string body;  ///< as sent; a page leaves it and the chain out
    std::optional<std::string> chain;
    bool takes_tags = true;  ///< false once stop_tags() was called
    std::vector<Tag> tags;   ///< insert() stores them; finding leaves them out (tags::all)
};

namespace server_certificates {

/// Names compare without case.
std::optional<ServerCertificate> find(db::Transaction& tx, const AccountId& account, std::string_view name);
bool exists(db::Transaction& tx, const AccountId& account, std::string_view name);
/// Those whose path begins with `path_prefix` (empty: all), in order of their names, without body and chain.
Page<ServerCertificate> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix,
                             const PageRequest& request);
std::int64_t count(db::Transaction& tx, const AccountId& account);

/// Throws db::ConstraintViolation for a name or id that is taken.
void insert(db::Transaction& tx, const ServerCertificate& certificate);
/// New name and path; the rest stays. Throws db::ConstraintViolation for a taken name.
void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path);
/// Removes the tags for good.
void stop_tags(db::Transaction& tx, const AccountId& account, std::string_view id);
/// Takes the tags along.
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace server_certificates
}  // namespace iamlocal::store
