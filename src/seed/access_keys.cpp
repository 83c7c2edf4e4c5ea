// Access keys: no operation takes a key that somebody else made, for AWS makes them itself. So they are stored here,
// under the rules of the operation that makes them.
#include "store/access_keys.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "base/encoding.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"

namespace iamlocal::seed {
namespace {

namespace keys = store::access_keys;

constexpr std::size_t shortest_key_id = 16;
constexpr std::size_t longest_key_id = 128;
constexpr std::size_t longest_secret = 128;

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void require_good_key(Work& work, const AccessKeySeed& key) {
    const std::string& id = key.access_key_id.value;
    if (id.size() < shortest_key_id || id.size() > longest_key_id || !std::all_of(id.begin(), id.end(), is_word))
        work.refuse(error_type::validation_error.name,
                    fmt::format("an access key id has {} to {} letters and digits", shortest_key_id, longest_key_id),
                    key.access_key_id.at);
    const std::string& secret = key.secret_access_key.value;
    const bool is_good = !secret.empty() && secret.size() <= longest_secret &&
                         std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!is_good)
        work.refuse(error_type::validation_error.name,
                    fmt::format("a secret access key has 1 to {} characters without blanks", longest_secret),
                    key.secret_access_key.at);
}

void sync_access_key(Work& work, const std::string& user_id, const AccessKeySeed& wanted) {
    require_good_key(work, wanted);
    const bool is_active = wanted.status.value != "Inactive";
    const AccessKeyId id(wanted.access_key_id.value);
    const store::Keyring& keyring = work.environment().keyring;
    const auto present = work.read([&](db::Transaction& tx) { return keys::find(tx, keyring, id); });
    if (present && (present->account != work.account() || present->user_id != user_id))
        work.refuse(error_type::entity_already_exists.name,
                    fmt::format("the access key {} belongs to somebody else", id.view()), wanted.access_key_id.at);
    const bool is_same = present && equal_in_constant_time(present->secret.reveal(), wanted.secret_access_key.value);
    if (is_same && (!wanted.status || present->active == is_active)) return;
    work.write([&](db::Transaction& tx) {
        if (is_same) {
            keys::set_active(tx, work.account(), user_id, id, is_active);
            return;
        }
        if (present) keys::remove(tx, work.account(), user_id, id);
        keys::insert(tx, keyring, work.environment().entropy,
                     {.account = work.account(),
                      .user_id = user_id,
                      .id = id,
                      .secret = Secret(wanted.secret_access_key.value),
                      .active = is_active,
                      .created = work.now(),
                      .last_used = {}});
    });
}

}  // namespace

void sync_access_keys(Work& work, const Owner& owner, const List<AccessKeySeed>& wanted) {
    require_room(work, aws::Quota::access_keys_per_user, static_cast<std::int64_t>(wanted.items.size()), *wanted.at);
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return keys::page(tx, work.account(), owner.user_id, request);
    });
    for (const store::AccessKey& key : present) {
        const bool is_wanted = std::any_of(wanted.items.begin(), wanted.items.end(), [&](const AccessKeySeed& item) {
            return item.access_key_id.value == key.id.view();
        });
        if (!is_wanted) work.call("DeleteAccessKey", owner.named().add("AccessKeyId", key.id.view()));
    }
    for (const AccessKeySeed& key : wanted.items) sync_access_key(work, owner.user_id, key);
}

}  // namespace iamlocal::seed
