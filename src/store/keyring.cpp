#include "store/keyring.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "db/error.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {
namespace {

using MasterKey = std::array<unsigned char, 32>;

/// Overwrites in a way the optimiser may not drop.
void wipe(std::span<unsigned char> bytes) {
    volatile unsigned char* const out = bytes.data();
    for (std::size_t i = 0; i < bytes.size(); ++i) out[i] = 0;
}

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

[[noreturn]] void fail(const std::filesystem::path& file) {
    throw db::CannotOpen("Cannot use the master key " + file.string() + ": " + std::strerror(errno) + ".");
}

void sync_directory(const std::filesystem::path& directory) {
    const Descriptor descriptor{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (descriptor.number < 0 || ::fsync(descriptor.number) != 0) fail(directory);
}

/// Written under another name first: a crash in between must not leave half a key behind.
void create(const std::filesystem::path& file, const MasterKey& key) {
    const std::filesystem::path draft = file.string() + ".new";
    ::unlink(draft.c_str());
    const Descriptor descriptor{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (descriptor.number < 0) fail(file);
    if (::write(descriptor.number, key.data(), key.size()) != static_cast<ssize_t>(key.size())) fail(file);
    if (::fsync(descriptor.number) != 0 || ::rename(draft.c_str(), file.c_str()) != 0) fail(file);
    sync_directory(file.parent_path());
}

}  // namespace

Keyring::Keyring(std::span<const unsigned char> master)
    : access_key_secrets_(hmac_sha256(master, "access-key-secrets")),
      session_tokens_(hmac_sha256(master, "session-tokens")),
      fingerprint_(hmac_sha256(master, "fingerprint")) {}

Keyring::~Keyring() {
    wipe(access_key_secrets_);
    wipe(session_tokens_);
}

Keyring Keyring::random(Entropy& entropy) {
    MasterKey key;
    entropy.fill(key);
    Keyring keyring(key);
    wipe(key);
    return keyring;
}

Keyring Keyring::open(const std::filesystem::path& directory, Entropy& entropy, IfAbsent if_absent) {
    const std::filesystem::path file = directory / "master.key";
    MasterKey key;
    const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (descriptor.number < 0) {
        if (errno != ENOENT) fail(file);
        if (if_absent == IfAbsent::refuse)
            throw db::CannotOpen("The master key " + file.string() + " is gone; the secrets in the database need it.");
        entropy.fill(key);
        create(file, key);
    } else {
        struct stat status {};
        if (::fstat(descriptor.number, &status) != 0) fail(file);
        if ((status.st_mode & 077) != 0)
            throw db::CannotOpen("The master key " + file.string() + " can be read by others; chmod 600 it.");
        if (status.st_size != static_cast<off_t>(key.size()) ||
            ::read(descriptor.number, key.data(), key.size()) != static_cast<ssize_t>(key.size()))
            throw db::CannotOpen("The master key " + file.string() + " is damaged: it must have 32 bytes.");
    }
    Keyring keyring(key);
    wipe(key);
    return keyring;
}

Keyring Keyring::open_for(db::Database& database, const std::filesystem::path& directory, Entropy& entropy) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    const std::optional<std::string> known =
        tx.one("SELECT fingerprint FROM schema_keyring", [](const db::Row& row) { return row.text(0); });
    Keyring keyring = open(directory, entropy, known ? IfAbsent::refuse : IfAbsent::make);
    const std::string fingerprint = hex_encode(keyring.fingerprint_);
    if (known && *known != fingerprint)
        throw db::CannotOpen("The master key " + (directory / "master.key").string() +
                             " is not the one that the database was made with.");
    if (!known) tx.execute_without_revision("INSERT INTO schema_keyring (fingerprint) VALUES (?1)", fingerprint);
    tx.commit();
    return keyring;
}

}  // namespace iamlocal::store
