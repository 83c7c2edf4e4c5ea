// The keys that data is encrypted with, derived from one master key: DIR/master.key beside the database, or random
// bytes that die with the process.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "base/crypto.hpp"
#include "base/entropy.hpp"
#include "db/database.hpp"

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

    Keyring(const Keyring&) = default;
    Keyring& operator=(const Keyring&) = default;
    ~Keyring();

    using Key = std::span<const unsigned char, 32>;
    /// Seals the secrets of access keys in the database.
    Key access_key_secrets() const { return access_key_secrets_; }
    /// Seals session tokens.
    Key session_tokens() const { return session_tokens_; }

  private:
    explicit Keyring(std::span<const unsigned char> master);
    Digest access_key_secrets_;
    Digest session_tokens_;
    Digest fingerprint_;  ///< tells keys apart and says nothing about them
};

}  // namespace iamlocal::store
