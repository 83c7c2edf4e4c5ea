// The keys that data is encrypted with, derived from one master key: DIR/master.key beside the database, or random
// bytes that die with the process.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "base/crypto.hpp"
#include "base/entropy.hpp"

namespace iamlocal::store {

class Keyring {
  public:
    /// For a database in memory.
    static Keyring random(Entropy& entropy);
    /// Reads DIR/master.key, or makes it (mode 0600, synced) when there is none; call it while the database holds the
    /// directory's lock. Throws db::CannotOpen when the file has a wrong size or others may read it.
    static Keyring open(const std::filesystem::path& directory, Entropy& entropy);

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
};

}  // namespace iamlocal::store
