#include "access/credentials.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "aws/regions.hpp"
#include "store/access_keys.hpp"

namespace iamlocal::access {
namespace {

/// Entries of one worker. A full cache starts again: simpler than an order of use, and the next request reloads.
constexpr std::size_t max_entries = 1024;

constexpr std::size_t bytes_per_entry = 2048;

/// Whether AWS could have given this id to a key (`[\\w]+`); a header may hold any bytes, which not every database can
/// be asked about.
bool is_access_key_id(std::string_view id) {
    return std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

}  // namespace

const auth::SigningKey& Credential::signing_key(const auth::Presented& presented) {
    for (const Derived& derived : derived_)
        if (derived.key && derived.scope == presented.scope) return *derived.key;
    Derived& slot = derived_[next_];
    next_ = (next_ + 1) % derived_.size();
    slot.key.emplace(auth::derive_signing_key(secret, presented.date, presented.region, presented.service));
    slot.scope = presented.scope;
    return *slot.key;
}

std::variant<Credential*, auth::SignatureError> CredentialCache::find(const auth::Presented& presented, Seconds now) {
    auto found = known_.find(presented.access_key_id);
    if (found == known_.end() || !is_fresh(*found->second, presented)) {
        if (counts_) counts_->loaded.add();
        std::unique_ptr<Credential> loaded = load(presented);
        if (!loaded) {
            if (found != known_.end()) drop(found);
            note_fill();
            return auth::invalid_client_token_id();
        }
        for (const UnreadableDocument& document : loaded->identity->unreadable) unreadable_.note(document);
        loaded->access_key_id = AccessKeyId(presented.access_key_id);
        loaded->bytes = bytes_per_entry + loaded->session_token.size() + loaded->identity->text_bytes();
        if (found != known_.end()) drop(found);
        if (known_.size() >= max_entries || bytes_ + loaded->bytes > max_bytes_) {
            known_.clear();
            bytes_ = 0;
        }
        bytes_ += loaded->bytes;
        found = known_.emplace(presented.access_key_id, std::move(loaded)).first;
        note_fill();
    } else if (counts_) {
        counts_->found.add();
    }
    Credential& credential = *found->second;
    if (credential.identity->session && now >= credential.identity->session->expires) return auth::expired_token();
    if (credential.identity->session && credential.identity->session->default_regions_only &&
        presented.service == "sts" && aws::is_opt_in_region(presented.region))
        return auth::invalid_session_here();
    return &credential;
}

void CredentialCache::note_fill() {
    if (!counts_) return;
    counts_->kept.set(known_.size());
    counts_->bytes.set(bytes_);
}

void CredentialCache::drop(Known::iterator entry) {
    bytes_ -= entry->second->bytes;
    known_.erase(entry);
}

bool CredentialCache::is_fresh(const Credential& credential, const auth::Presented& presented) const {
    return credential.revision == connection_.database().revision(credential.identity->account) &&
           credential.session_token == presented.session_token;
}

std::unique_ptr<Credential> CredentialCache::load(const auth::Presented& presented) {
    if (!presented.session_token.empty()) return load_session(presented);
    if (presented.access_key_id == root_.id.view() || ids::is_account_id(presented.access_key_id))
        return load_root(presented.access_key_id);
    return load_key(presented.access_key_id);
}

std::unique_ptr<Credential> CredentialCache::load_root(std::string_view access_key_id) const {
    auto credential = std::make_unique<Credential>();
    const AccountId account = access_key_id == root_.id.view() ? root_.account : AccountId(access_key_id);
    credential->revision = connection_.database().revision(account);
    db::Transaction tx(connection_, db::Access::read);
    credential->identity = access::load_root(tx, account);
    credential->secret = root_.secret;
    return credential;
}

std::unique_ptr<Credential> CredentialCache::load_key(std::string_view access_key_id) {
    if (!is_access_key_id(access_key_id)) return nullptr;
    const AccessKeyId id(access_key_id);
    AccountId account;
    {
        db::Transaction tx(connection_, db::Access::read);
        const auto key = store::access_keys::find_public(tx, id);
        if (!key || !key->active) return nullptr;
        account = key->account;
    }
    // The revision comes before the reading transaction: what is committed in between makes the entry stale, not wrong.
    const std::uint64_t revision = connection_.database().revision(account);
    db::Transaction tx(connection_, db::Access::read);
    std::optional<store::AccessKey> key = store::access_keys::find(tx, keyring_, id);
    if (!key || !key->active) return nullptr;
    auto credential = std::make_unique<Credential>();
    credential->revision = revision;
    credential->identity = key->user_id.empty() ? access::load_root(tx, key->account)
                                                : access::load_user(tx, policies_, key->account, key->user_id);
    credential->secret = std::move(key->secret);
    credential->is_stored_key = true;
    return credential->identity ? std::move(credential) : nullptr;
}

std::unique_ptr<Credential> CredentialCache::load_session(const auth::Presented& presented) {
    std::optional<auth::SessionToken> token =
        auth::open_session_token(keyring_.session_tokens(), presented.session_token);
    if (!token || token->access_key_id.view() != presented.access_key_id) return nullptr;
    auto credential = std::make_unique<Credential>();
    credential->revision = connection_.database().revision(token->claims.account);
    credential->secret = std::move(token->secret);
    credential->session_token = presented.session_token;
    db::Transaction tx(connection_, db::Access::read);
    credential->identity = access::load_session(tx, policies_, std::move(token->claims));
    return credential->identity ? std::move(credential) : nullptr;
}

}  // namespace iamlocal::access
