// The keys that data is encrypted with, derived from one master key: given by whoever starts the process,
// DIR/master.key beside the database, a row of a database that several processes share, or random bytes that die with
// the process.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/entropy.hpp"
#include "base/named.hpp"
#include "db/database.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

class Keyring {
  public:
    /// For a database in memory.
    static Keyring random(Entropy& entropy);
    /// What to do when there is no key in the directory.
    enum class IfAbsent { make, refuse };
    /// Reads DIR/master.key, or makes it (mode 0600, synced); call it while the database holds the directory's lock.
    /// Throws db::CannotOpen when the file has a wrong size, others may read it, or it is absent and must not be.
    static Keyring open(const std::filesystem::path& directory, Entropy& entropy, IfAbsent if_absent = IfAbsent::make);
    /// The keyring of a database: made with it, and from then on the only one that it opens with. Throws db::CannotOpen
    /// for a key that is lost or another one: a start with a new key would hide that all secrets are lost.
    static Keyring open_for(db::Database& database, const std::filesystem::path& directory, Entropy& entropy);
    /// The same with a key that is given: 64 hexadecimal digits, anything else throws db::CannotOpen.
    static Keyring open_for(db::Database& database, const Secret& digits);
    /// The same with a key that is kept in the database, made by the first process that opens it. Whoever can read the
    /// whole database can then open its secrets.
    static Keyring open_in(db::Database& database, Entropy& entropy);

    Keyring(const Keyring&) = default;
    Keyring& operator=(const Keyring&) = default;
    ~Keyring();

    using Key = std::span<const unsigned char, 32>;
    /// Seals the secrets of access keys and the seeds of MFA devices in the database.
    Key access_key_secrets() const { return access_key_secrets_; }
    /// Seals session tokens.
    Key session_tokens() const { return session_tokens_; }
    /// Seals the private keys of SAML providers.
    Key saml_private_keys() const { return saml_private_keys_; }
    /// Seals the keys that web identity tokens are signed with.
    Key issuer_keys() const { return issuer_keys_; }
    /// Tells keyrings apart and says nothing about their keys: hexadecimal digits.
    std::string fingerprint() const;

  private:
    explicit Keyring(std::span<const unsigned char> master);
    /// Notes the fingerprint if none is known. Whether it is the known one.
    bool belongs_to(db::Transaction& tx, const std::optional<std::string>& known) const;
    Digest access_key_secrets_;
    Digest session_tokens_;
    Digest saml_private_keys_;
    Digest issuer_keys_;
    Digest fingerprint_;  ///< tells keys apart and says nothing about them
};

}  // namespace iamlocal::store
