#include "app/app.hpp"

#include "app/worker.hpp"
#include "base/arn.hpp"

namespace iamlocal::app {

std::string_view name_of(service::Enforcement enforcement) {
    switch (enforcement) {
        case service::Enforcement::enforce:
            return "enforce";
        case service::Enforcement::audit:
            return "audit";
        case service::Enforcement::off:
            return "off";
    }
    return "";
}

App::App(AppOptions options, db::Database& database, store::Keyring keyring, AdjustableClock& clock, Entropy& entropy,
         Log& log)
    : options_(std::move(options)),
      database_(database),
      keyring_(keyring),
      clock_(clock),
      entropy_(entropy),
      log_(log),
      unreadable_(log_),
      environment_{options_.enforcement, entropy_, keyring_, usage_, log_, unreadable_, options_.trust_policy_quota},
      decisions_(options_.lab ? options_.decisions : 0),  // nobody could ask for them
      decisions_view_({decisions_, database_, keyring_, entropy_, clock_, std::string(name_of(options_.enforcement))}),
      bench_(
          options_.lab,
          {options_.version, options_.root.account.str(), std::string(name_of(options_.enforcement)),
           std::string(database_.storage())},
          clock_, database_, [](void* usage) { static_cast<service::UsageRecorder*>(usage)->clear(); }, &usage_,
          &decisions_view_) {}

std::unique_ptr<wire::Handler> App::worker() { return std::make_unique<Worker>(*this); }

void App::flush() {
    try {
        const std::unique_ptr<db::Connection> connection = database_.connect();
        usage_.flush(*connection);
    } catch (const std::exception& error) {
        log_.write(LogLevel::error, "dates of last use were not written", {{"what", error.what()}});
    }
}

}  // namespace iamlocal::app
