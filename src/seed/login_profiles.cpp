// The passwords of users and of root. No operation takes a hash, so they are stored here, under the rules of those that
// take passwords.
#include "store/login_profiles.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "base/crypto.hpp"
#include "iam/password_rules.hpp"
#include "seed/stored_password.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/password_policies.hpp"

namespace iamlocal::seed {
namespace {

namespace profiles = store::login_profiles;

constexpr std::size_t longest_password = 128;

void require_good_password(Work& work, const Text& password) {
    if (password.value.size() > longest_password || password.value.empty())
        work.refuse(error_type::validation_error.name,
                    fmt::format("a password has 1 to {} characters", longest_password), password.at);
    const auto policy =
        work.read([&](db::Transaction& tx) { return store::password_policies::find(tx, work.account()); });
    if (const auto lack = iam::password_lack(password.value, policy))
        work.refuse("PasswordPolicyViolation", *lack, password.at);
}

/// As profiles have it: root has no unique id.
std::string profile_owner(Work& work, const Owner& owner) {
    return owner.user_id.empty() ? work.account().str() : owner.user_id;
}

/// All passwords that a profile is to know, the one in force first.
struct WantedPasswords {
    std::string salt;
    std::vector<std::string> hashes;
};

std::optional<HashedPassword> stored_password(Work& work, const Text& text) {
    auto stored = parse_stored_password(text.value);
    if (!stored) work.refuse({}, "a hash of a password is not as an export writes it", text.at);
    return stored;
}

/// What the seed says, whichever way; nothing where it says nothing.
std::optional<WantedPasswords> wanted_passwords(Work& work, const CredentialsSeed& wanted, const Passwords& passwords) {
    if (wanted.password && wanted.password_hash)
        work.refuse({}, "there is password or password_hash, not both", wanted.password_hash.at);
    if (wanted.former_password_hashes && !wanted.password_hash)
        work.refuse({}, "former_password_hashes stand beside a password_hash", wanted.former_password_hashes.at);
    if (wanted.password) {
        require_good_password(work, wanted.password);
        const HashedPassword& hashed = passwords.at(wanted.password.at);
        return WantedPasswords{hashed.salt, {hashed.hash}};
    }
    if (!wanted.password_hash) return std::nullopt;
    const auto current = stored_password(work, wanted.password_hash);
    WantedPasswords all{current->salt, {current->hash}};
    if (wanted.former_password_hashes.items.size() >= profiles::remembered)
        work.refuse({}, fmt::format("at most {} passwords are remembered", profiles::remembered),
                    wanted.former_password_hashes.at);
    for (const Text& former : wanted.former_password_hashes.items) {
        const auto stored = stored_password(work, former);
        if (stored->salt != all.salt) work.refuse({}, "all passwords that somebody had have the same salt", former.at);
        all.hashes.push_back(stored->hash);
    }
    return all;
}

/// Whether those that are wanted are there; where only the one in force is wanted, the others do not matter.
bool has_passwords(Work& work, const std::string& id, const CredentialsSeed& wanted, const WantedPasswords& passwords) {
    const auto present = work.read([&](db::Transaction& tx) { return profiles::passwords(tx, work.account(), id); });
    if (present.size() < passwords.hashes.size()) return false;
    if (wanted.former_password_hashes && present.size() != passwords.hashes.size()) return false;
    return std::equal(
        passwords.hashes.begin(), passwords.hashes.end(), present.begin(),
        [](const std::string& hash, const auto& password) { return equal_in_constant_time(hash, password.hash); });
}

/// A profile with another salt, or another past, makes way for a new one.
void set_passwords(Work& work, const std::string& id, const CredentialsSeed& wanted, const WantedPasswords& passwords) {
    work.write([&](db::Transaction& tx) {
        auto profile = profiles::find(tx, work.account(), id);
        const bool stays = profile && profile->salt == passwords.salt && !wanted.former_password_hashes;
        if (profile && !stays) profiles::remove(tx, work.account(), id);
        if (!stays)
            profiles::insert(tx, {.account = work.account(),
                                  .owner_id = id,
                                  .created = work.now(),
                                  .reset_required = wanted.password_reset_required.value,
                                  .salt = passwords.salt});
        for (auto hash = passwords.hashes.rbegin(); hash != passwords.hashes.rend(); ++hash)
            profiles::add_password(tx, work.account(), id, *hash, work.now());
    });
}

}  // namespace

void sync_password(Work& work, const Owner& owner, const CredentialsSeed& wanted, const Passwords& passwords) {
    const std::string id = profile_owner(work, owner);
    const auto find = [&] {
        return work.read([&](db::Transaction& tx) { return profiles::find(tx, work.account(), id); });
    };
    const auto profile = find();
    if (wanted.password.removed != nullptr && profile) work.call("DeleteLoginProfile", owner.named());
    if (const auto all = wanted_passwords(work, wanted, passwords)) {
        if (profile && profile->salt != all->salt && wanted.password)
            work.refuse(error_type::concurrent_modification.name, "the password was changed at the same moment",
                        wanted.password.at);
        if (!profile || profile->salt != all->salt || !has_passwords(work, id, wanted, *all))
            set_passwords(work, id, wanted, *all);
    }
    if (!wanted.password_reset_required) return;
    const auto now_there = find();
    if (!now_there)
        work.refuse("NoSuchEntity", fmt::format("Login Profile for User {} cannot be found.", owner.user_name.value),
                    wanted.password_reset_required.at);
    const bool is_required = wanted.password_reset_required.value;
    if (now_there->reset_required != is_required)
        work.write([&](db::Transaction& tx) { profiles::set_reset_required(tx, work.account(), id, is_required); });
}

}  // namespace iamlocal::seed
