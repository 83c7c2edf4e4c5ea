#include "store/keyring.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "db/error.hpp"

namespace iamlocal::store {
namespace {

using MasterKey = std::array<unsigned char, 32>;

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

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool decode(std::string_view digits, MasterKey& key) {
    if (digits.size() != 2 * key.size()) return false;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = digit(digits[2 * i]);
        const int low = digit(digits[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        key[i] = static_cast<unsigned char>(high * 16 + low);
    }
    return true;
}

std::optional<std::string> find_fingerprint(db::Transaction& tx) {
    return tx.one("SELECT fingerprint FROM schema_keyring", [](const db::Row& row) { return row.text(0); });
}

}  // namespace

Keyring::Keyring(std::span<const unsigned char> master)
    : access_key_secrets_(hmac_sha256(master, "access-key-secrets")),
      session_tokens_(hmac_sha256(master, "session-tokens")),
      saml_private_keys_(hmac_sha256(master, "saml-private-keys")),
      issuer_keys_(hmac_sha256(master, "issuer-keys")),
      fingerprint_(hmac_sha256(master, "fingerprint")) {}

Keyring::~Keyring() {
    wipe(access_key_secrets_);
    wipe(session_tokens_);
    wipe(saml_private_keys_);
    wipe(issuer_keys_);
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
    // A pipe would wait for somebody to write to it.
    const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (descriptor.number < 0) {
        if (errno != ENOENT) fail(file);
        if (if_absent == IfAbsent::refuse)
            throw db::CannotOpen("The master key " + file.string() + " is gone; the secrets in the database need it.");
        entropy.fill(key);
        create(file, key);
    } else {
        struct stat status {};
        if (::fstat(descriptor.number, &status) != 0) fail(file);
        if (!S_ISREG(status.st_mode)) throw db::CannotOpen("The master key " + file.string() + " is not a file.");
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
    const std::optional<std::string> known = find_fingerprint(tx);
    Keyring keyring = open(directory, entropy, known ? IfAbsent::refuse : IfAbsent::make);
    if (!keyring.belongs_to(tx, known))
        throw db::CannotOpen("The master key " + (directory / "master.key").string() +
                             " is not the one that the database was made with.");
    tx.commit();
    return keyring;
}

Keyring Keyring::open_for(db::Database& database, const Secret& digits) {
    MasterKey key;
    if (!decode(digits.reveal(), key)) throw db::CannotOpen("The master key must be 64 hexadecimal digits.");
    Keyring keyring(key);
    wipe(key);
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    if (!keyring.belongs_to(tx, find_fingerprint(tx)))
        throw db::CannotOpen("The master key that is given is not the one that the database was made with.");
    tx.commit();
    return keyring;
}

Keyring Keyring::open_in(db::Database& database, Entropy& entropy) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    // Writers queue, so of two processes that start at the same time the second finds the first one's key.
    db::Transaction tx(*connection, db::Access::write);
    const std::optional<std::string> known = find_fingerprint(tx);
    MasterKey key;
    const bool is_kept = tx.one("SELECT master_key FROM schema_master_key WHERE id = 1", [&](const db::Row& row) {
                               const std::string_view bytes = row.blob(0);
                               if (bytes.size() != key.size())
                                   throw db::CannotOpen("The master key in the database is damaged.");
                               std::memcpy(key.data(), bytes.data(), key.size());
                               return true;
                           }).has_value();
    if (!is_kept && known)
        throw db::CannotOpen("The database was made with a master key that is not kept in it; it must be given again.");
    if (!is_kept) {
        entropy.fill(key);
        tx.execute_without_revision("INSERT INTO schema_master_key (id, master_key) VALUES (1, ?1)",
                                    db::Blob{{reinterpret_cast<const char*>(key.data()), key.size()}});
    }
    Keyring keyring(key);
    wipe(key);
    if (!keyring.belongs_to(tx, known))
        throw db::CannotOpen("The master key in the database is not the one that it was made with.");
    tx.commit();
    return keyring;
}

std::string Keyring::fingerprint() const { return hex_encode(fingerprint_); }

bool Keyring::belongs_to(db::Transaction& tx, const std::optional<std::string>& known) const {
    if (known) return *known == fingerprint();
    tx.execute_without_revision("INSERT INTO schema_keyring (fingerprint) VALUES (?1)", fingerprint());
    return true;
}

}  // namespace iamlocal::store
