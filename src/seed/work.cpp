#include "seed/work.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "api/operation.hpp"
#include "base/encoding.hpp"
#include "iam/operations.hpp"
#include "policy/parse.hpp"
#include "seed/refused.hpp"
#include "store/account.hpp"
#include "tree/to_json.hpp"

namespace iamlocal::seed {
namespace {

/// Whether a message of AWS's is about that parameter. `PolicyDocument` stands there as `'policyDocument'`, and in
/// sentences about what is invalid without quotes.
bool names_parameter(std::string_view message, std::string_view name) {
    std::string shown(name.substr(0, name.find('.')));
    shown.front() = fold_case(shown.front());
    for (const std::string& words : {fmt::format("'{}'", shown), fmt::format(" for {} is ", shown)})
        if (message.find(words) != std::string_view::npos) return true;
    return false;
}

/// Where in the seed a document is wrong.
tree::Place place_in_document(const tree::Node& at, policy::DocumentKind kind) {
    // A text has lines of its own.
    if (at.is(tree::Kind::text)) return at.place();
    const tree::TracedJson json = tree::to_traced_json(at, tree::Numbers::are_texts);
    const auto parsed = policy::parse(json.text, kind, policy::Strictness::managed);
    const auto* const error = std::get_if<policy::ParseError>(&parsed);
    return error == nullptr ? at.place() : json.node_at(error->column).place();
}

const std::unordered_map<std::string_view, const api::Operation*>& operations_by_name() {
    static const auto table = [] {
        std::unordered_map<std::string_view, const api::Operation*> names;
        for (const auto& resource : iam::operations())
            for (const api::Operation& operation : resource) names.emplace(operation.name, &operation);
        return names;
    }();
    return table;
}

api::Environment without_decisions(api::Environment environment) {
    environment.enforcement = access::Enforcement::off;
    return environment;
}

}  // namespace

Arguments& Arguments::add(std::string_view name, std::string_view value, const tree::Node* at) {
    if (!form_.empty()) form_.push_back('&');
    form_.append(name).push_back('=');
    percent_append(form_, value);
    if (at != nullptr) placed_.push_back({std::string(name), at, std::nullopt});
    return *this;
}

Arguments& Arguments::add(std::string_view name, const Text& value) {
    return value ? add(name, value.value, value.at) : *this;
}

Arguments& Arguments::add(std::string_view name, const Number& value) {
    return value ? add(name, std::to_string(value.value), value.at) : *this;
}

Arguments& Arguments::add(std::string_view name, const Flag& value) {
    return value ? add(name, value.value ? "true" : "false", value.at) : *this;
}

Arguments& Arguments::add(std::string_view name, const Document& value, policy::DocumentKind kind) {
    if (!value) return *this;
    add(name, value.text(), value.at);
    placed_.back().document = kind;
    return *this;
}

Arguments& Arguments::add_list(std::string_view name, const std::vector<Text>& values) {
    std::size_t number = 0;
    for (const Text& value : values) add(fmt::format("{}.member.{}", name, ++number), value.value, value.at);
    return *this;
}

Arguments& Arguments::add_tags(const std::vector<std::pair<Text, Text>>& tags) {
    std::size_t number = 0;
    for (const auto& [key, value] : tags) {
        add(fmt::format("Tags.member.{}.Key", ++number), key.value, key.at);
        add(fmt::format("Tags.member.{}.Value", number), value.value, value.at);
    }
    return *this;
}

std::optional<tree::Place> Arguments::place_of(std::string_view code, std::string_view message) const {
    if (code == error_type::malformed_policy_document.name)
        for (const Placed& placed : placed_)
            if (placed.document) return place_in_document(*placed.at, *placed.document);
    for (const Placed& placed : placed_)
        if (names_parameter(message, placed.name)) return placed.at->place();
    return std::nullopt;
}

std::optional<tree::Place> Arguments::only_place_beside(const tree::Node& thing) const {
    const tree::Node* only = nullptr;
    for (const Placed& placed : placed_) {
        if (placed.at == &thing) continue;
        if (only != nullptr) return std::nullopt;
        only = placed.at;
    }
    return only == nullptr ? std::nullopt : std::optional(only->place());
}

Work::Work(db::Connection& connection, const api::Environment& environment, Instant now)
    : connection_(connection), environment_(without_decisions(environment)), now_(now) {}

void Work::begin(const AccountId& account, const void* thing, const tree::Node& at) {
    account_ = account;
    outcome_ = &outcomes_[thing];
    at_ = &at;
}

const access::Identity& Work::root() {
    auto& identity = roots_[account_];
    if (!identity) identity = access::load_root(account_);
    return *identity;
}

void Work::call(std::string_view operation, const Arguments& arguments) {
    const api::Operation& row = *operations_by_name().at(operation);
    protocol::Parameters parameters;
    if (parameters.parse({}, arguments.form())) refuse("MalformedQueryString", "has characters that AWS does not take");
    std::string answer;
    protocol::AnswerWriter out(protocol::AnswerFormat::xml, answer);
    access::RequestFacts facts;
    facts.time = now();
    facts.region = "us-east-1";
    api::Call call{.env = environment_,
                   .caller = root(),
                   .connection = connection_,
                   .now = now_,
                   .facts = facts,
                   .policies = policies_};
    try {
        const auto slow = row.run(row, call, parameters, protocol::ShowValues::no, out);
        if (slow) slow->work(out);
        if (slow && slow->has_finish()) slow->finish(call, out);
    } catch (const ApiError& error) {
        auto place = arguments.place_of(error.type().name, error.message());
        // What cannot be made is wrong as a whole, unless AWS says more.
        if (!place && !operation.starts_with("Create")) place = arguments.only_place_beside(*at_);
        throw Refused(place.value_or(at_->place()), error.type().name, error.message());
    } catch (const db::ConstraintViolation&) {
        refuse(error_type::concurrent_modification.name, "is in the way of something that was there before");
    }
    note_changed();
}

void Work::see(const AccountId& account) {
    if (read([&](db::Transaction& tx) { return store::account::created(tx, account); })) return;
    db::Transaction tx(connection_, db::Access::write);
    store::account::note(tx, account, now());
    tx.commit();
}

void Work::refuse(std::string_view code, std::string_view message, const tree::Node* at) const {
    throw Refused(at != nullptr ? at->place() : at_->place(), code, message);
}

Counts Work::counts() const {
    Counts counts;
    for (const auto& [thing, outcome] : outcomes_)
        ++(outcome.created ? counts.created : outcome.changed ? counts.updated : counts.unchanged);
    return counts;
}

bool are_same_documents(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const auto first = nlohmann::json::parse(a, nullptr, false);
    return !first.is_discarded() && first == nlohmann::json::parse(b, nullptr, false);
}

}  // namespace iamlocal::seed
