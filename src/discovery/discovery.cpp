#include "discovery/discovery.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "federation/discovery_document.hpp"
#include "http/client.hpp"

namespace iamlocal::discovery {
namespace {

using federation::FetchedKeys;
using federation::Issuer;
using federation::KeyFault;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::uint32_t most_bytes = 1U << 20;

FetchedKeys failed(KeyFault fault, std::string complaint) { return {std::nullopt, 0, fault, std::move(complaint)}; }

/// An address with a query string, which parse_url() does not take.
std::optional<http::Url> parse_address(std::string_view text) {
    const std::size_t mark = std::min(text.find('?'), text.size());
    std::optional<http::Url> url = http::parse_url(text.substr(0, mark));
    const std::string_view query = text.substr(mark);
    const bool is_fine =
        std::all_of(query.begin(), query.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
    if (!url || !is_fine) return std::nullopt;
    url->path.append(query);
    return url;
}

/// The questions that the keys of one issuer take.
class Inquiry {
  public:
    Inquiry(const Rules& rules, const Issuer& issuer, SteadyTime deadline, const std::atomic<bool>& gives_up)
        : rules_(rules), issuer_(issuer), deadline_(deadline), gives_up_(gives_up) {}

    FetchedKeys run() {
        const std::optional<http::Url> here = parse_address(federation::discovery_address(issuer_.url));
        if (!here || !http::parse_url(issuer_.url)) return failed(KeyFault::unusable, "its address is none of https");
        if (!ask(*here)) return std::move(failure_);
        auto found = federation::parse_discovery_document(body_, issuer_.url);
        if (auto* const fault = std::get_if<federation::DiscoveryFault>(&found))
            return failed(KeyFault::unusable, std::move(fault->complaint));
        const std::optional<http::Url> there = parse_address(std::get<federation::JwksAddress>(found).url);
        if (!there || (here->secure && !there->secure))
            return failed(KeyFault::unusable, "its jwks_uri is no address of https");
        if (!ask(*there)) return std::move(failure_);
        std::optional<federation::KeySet> keys = federation::parse_jwks(body_);
        if (!keys) return failed(KeyFault::unusable, "what its jwks_uri gives is no JSON Web Key Set");
        const std::size_t bytes = federation::memory_of(*keys);
        return {.keys = std::move(keys), .bytes = bytes, .by_thumbprint = by_thumbprint_};
    }

  private:
    /// Whether there is a document in `body_`; otherwise `failure_` says why not.
    bool ask(const http::Url& url) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
        if (left.count() <= 0) return fail(KeyFault::unusable, "it takes too long");
        http::Answer answer = http::get(
            url, {.headers = {{"Host", url.host_header()}, {"Accept", "application/json"}, {"User-Agent", "iamlocal"}},
                  .body = {},
                  .ca_bundle = rules_.ca_file,
                  .most = most_bytes,
                  .patience = left,
                  .thumbprints = issuer_.thumbprints,
                  .admits = [&](http::AddressScope scope) { return admits(scope, url.secure); },
                  .gives_up = &gives_up_});
        if (!answer.error.empty())
            return fail(answer.unreachable ? KeyFault::unreachable : KeyFault::unusable, std::move(answer.error));
        if (answer.status != 200)
            return fail(KeyFault::unusable, fmt::format("{} answers with status {}", url.host, answer.status));
        body_ = std::move(answer.body);
        by_thumbprint_ = by_thumbprint_ || answer.by_thumbprint;
        return true;
    }
    bool admits(http::AddressScope scope, bool secure) const {
        if (scope == http::AddressScope::loopback) return rules_.loopback;
        if (!secure && !rules_.http_everywhere) return false;
        return scope == http::AddressScope::global || rules_.local_networks;
    }
    bool fail(KeyFault fault, std::string complaint) {
        failure_ = failed(fault, std::move(complaint));
        return false;
    }

    const Rules& rules_;
    const Issuer& issuer_;
    const SteadyTime deadline_;
    const std::atomic<bool>& gives_up_;
    std::string body_;
    bool by_thumbprint_ = false;  ///< whether a thumbprint was what made somebody trusted
    FetchedKeys failure_;
};

}  // namespace

/// Owns itself while the pool has it.
class Discovery::Fetch final : public jobs::Job {
  public:
    Fetch(Discovery& discovery, Issuer issuer, bool was_slow, std::function<void(FetchedKeys)> done)
        : discovery_(discovery), issuer_(std::move(issuer)), was_slow_(was_slow), done_(std::move(done)) {}

    void run() override {
        began_ = std::chrono::steady_clock::now();
        if (is_over_) return;
        FetchedKeys outcome = Inquiry(discovery_.rules_, issuer_, deadline_, discovery_.gives_up_).run();
        // Whoever hears of the outcome may ask again at once.
        leave();
        conclude(std::move(outcome));
    }
    void done(std::exception_ptr failure) noexcept override {
        leave();
        if (failure) conclude(failed(KeyFault::unusable, "there is not enough memory"));
        self_.reset();
    }
    void dropped() noexcept override {
        leave();
        conclude(failed(KeyFault::unreachable, "the server stops"));
        self_.reset();
    }
    void keep(std::shared_ptr<Fetch> self) { self_ = std::move(self); }
    /// When it is ended from outside: later than it ends itself where it can.
    SteadyTime last_moment() const { return deadline_ + std::chrono::milliseconds(250); }
    bool is_over() const { return is_over_; }
    /// The first outcome counts.
    void conclude(FetchedKeys outcome) {
        if (is_over_.exchange(true)) return;
        std::exchange(done_, nullptr)(std::move(outcome));
    }

  private:
    /// Once, and on the job's thread.
    void leave() {
        if (std::exchange(has_left_, true)) return;
        discovery_.ended(issuer_, was_slow_,
                         began_ ? std::chrono::steady_clock::now() - *began_ : SteadyTime::duration());
    }

    Discovery& discovery_;
    const Issuer issuer_;
    const bool was_slow_;
    std::optional<SteadyTime> began_;  ///< nothing: it has only waited
    bool has_left_ = false;
    std::function<void(FetchedKeys)> done_;
    const SteadyTime deadline_ = std::chrono::steady_clock::now() + discovery_.rules_.patience;
    std::atomic<bool> is_over_{false};
    std::shared_ptr<Fetch> self_;
};

Discovery::~Discovery() {
    give_up();
    if (watcher_.joinable()) watcher_.join();
    pool_.reset();
}

void Discovery::fetch(const Issuer& issuer, std::function<void(FetchedKeys)> done) {
    std::shared_ptr<Fetch> fetch;
    {
        const std::lock_guard lock(mutex_);
        const bool was_slow = slow_.contains(issuer);
        fetch = std::make_shared<Fetch>(*this, issuer, was_slow, std::move(done));
        const bool has_room = !was_slow || slow_asked_ < slow_at_once();
        if (!gives_up_ && has_room && asked_.insert(issuer).second) {
            start();
            fetch->keep(fetch);
            if (pool_->submit(*fetch)) {
                if (was_slow) ++slow_asked_;
                watched_.push_back(fetch);
                changed_.notify_all();
                return;
            }
            fetch->keep(nullptr);
            asked_.erase(issuer);
        }
    }
    fetch->conclude(failed(KeyFault::unreachable, "too many identity providers are being asked, or this one still is"));
}

void Discovery::start() {
    if (pool_) return;
    pool_ = std::make_unique<jobs::Pool>(rules_.threads, rules_.queue);
    watcher_ = std::thread(&Discovery::watch, this);
}

/// Ends what has taken too long. Its thread goes on until the resolver comes back.
void Discovery::watch() {
    std::unique_lock lock(mutex_);
    while (true) {
        while (!watched_.empty() && watched_.front()->is_over()) watched_.pop_front();
        if (gives_up_ && watched_.empty()) return;
        const auto is_due = [this] { return gives_up_ || !watched_.empty(); };
        if (watched_.empty()) {
            changed_.wait(lock, is_due);
            continue;
        }
        const std::shared_ptr<Fetch> next = watched_.front();
        if (!gives_up_) changed_.wait_until(lock, next->last_moment(), [&] { return gives_up_ || next->is_over(); });
        if (!gives_up_ && std::chrono::steady_clock::now() < next->last_moment()) continue;
        watched_.pop_front();
        lock.unlock();
        next->conclude(failed(KeyFault::unreachable, "it takes too long"));
        lock.lock();
    }
}

unsigned Discovery::slow_at_once() const { return std::max(rules_.threads / 4, 1U); }

/// Who has kept a thread for half of the patience is one of the slow until he answers sooner.
void Discovery::ended(const Issuer& issuer, bool was_slow, SteadyTime::duration took) {
    constexpr std::size_t most_slow = 4096;
    const std::lock_guard lock(mutex_);
    asked_.erase(issuer);
    if (was_slow) --slow_asked_;
    if (took < rules_.patience / 2) {
        slow_.erase(issuer);
    } else {
        if (slow_.size() >= most_slow) slow_.erase(slow_.begin());
        slow_.insert(issuer);
    }
    changed_.notify_all();
}

void Discovery::give_up() {
    gives_up_ = true;
    jobs::Pool* pool = nullptr;
    {
        const std::lock_guard lock(mutex_);
        pool = pool_.get();
        changed_.notify_all();
    }
    if (pool != nullptr) pool->close();
}

}  // namespace iamlocal::discovery
