#include "seed/check.hpp"

#include "access/unreadable.hpp"
#include "access/usage.hpp"
#include "base/log.hpp"
#include "seed/apply.hpp"
#include "store/migrations.hpp"

namespace iamlocal::seed {

Counts check(const Seed& seed) {
    const SystemClock clock;
    SystemEntropy entropy;
    Log log(LogLevel::error, LogFormat::text, clock, [](std::string_view) {});
    access::UsageRecorder usage;
    access::UnreadableLog unreadable(log);
    const auto database = db::Database::in_memory();
    database->migrate(store::schema());
    const store::Keyring keyring = store::Keyring::random(entropy);
    api::Environment environment{
        .entropy = entropy, .keyring = keyring, .usage = usage, .log = log, .unreadable = unreadable};
    metadata::Machine machine;
    machine.account = AccountId("000000000000");
    metadata::Metadata metadata(std::move(machine), entropy);
    return apply({*database, environment, clock, metadata, environment.quotas}, seed);
}

}  // namespace iamlocal::seed
