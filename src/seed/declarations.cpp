#include "seed/declarations.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>
#include <variant>

#include "seed/refused.hpp"
#include "store/declared_templates.hpp"
#include "store/organization.hpp"
#include "store/root_features.hpp"
#include "templates/declaration.hpp"
#include "testbench/organization.hpp"
#include "tree/to_json.hpp"

namespace iamlocal::seed {
namespace {

using tree::Numbers;

/// Where in the seed something is wrong that was read as JSON. A document that is a text has lines of its own: in those
/// after the first there is nothing else.
template <class Error>
tree::Place place_of(const tree::Node& at, const tree::TracedJson& json, const Error& error) {
    return error.line == 1 ? json.node_at(error.column).place() : at.place();
}

/// As AWS's answers have them.
constexpr std::pair<store::RootFeature, std::string_view> feature_names[] = {
    {store::RootFeature::sessions, "RootSessions"},
    {store::RootFeature::credentials_management, "RootCredentialsManagement"},
};

}  // namespace

aws::Quotas read_quotas(const Anything& quotas, const aws::Quotas& present) {
    aws::Quotas read = present;
    if (!quotas) return read;
    for (const tree::Entry& entry : quotas.at->entries) {
        std::int64_t limit = -1;
        const std::string& text = entry.value->text;
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, limit);
        if (!entry.value->is(tree::Kind::number) || error != std::errc() || stop != end) limit = -1;
        if (const auto complaint = read.set(entry.key->text, limit)) refuse(*entry.key, *complaint);
    }
    return read;
}

std::optional<metadata::Machine> read_machine(const Anything& metadata, const metadata::Machine& configured) {
    if (!metadata) return std::nullopt;
    auto declared = metadata::declare_machine(configured, tree::to_json(*metadata.at, Numbers::are_texts));
    if (const auto* const problem = std::get_if<std::string>(&declared)) refuse(*metadata.at, *problem);
    return std::get<metadata::Machine>(std::move(declared));
}

void sync_organization(Work& work, const Anything& organization) {
    work.begin(store::organization::revision_key(), &organization,
               organization ? *organization.at : *organization.removed);
    if (organization.removed != nullptr) {
        if (work.read([](db::Transaction& tx) { return store::organization::find(tx); }))
            work.write([](db::Transaction& tx) { store::organization::remove(tx); });
        return;
    }
    const tree::TracedJson json = tree::to_traced_json(*organization.at, Numbers::are_texts);
    const auto read = testbench::parse_organization(json.text, work.environment().quotas);
    if (const auto* const error = std::get_if<testbench::DeclarationError>(&read))
        throw Refused(place_of(*organization.at, json, *error), {}, error->message);
    auto wanted = std::get<store::DeclaredOrganization>(read);
    const auto present = work.read([](db::Transaction& tx) { return store::organization::find(tx); });
    if (present && testbench::write_organization(*present) == testbench::write_organization(wanted)) return;
    work.write([&](db::Transaction& tx) { store::organization::replace(tx, wanted); });
    if (!present) work.note_created();
}

void sync_root_features(Work& work, const Texts& features) {
    work.begin(store::organization::revision_key(), &features, *features.at);
    const auto organization = work.read([](db::Transaction& tx) { return store::organization::find(tx); });
    const bool can_have =
        organization && organization->all_features && organization->trusted_services.contains("iam.amazonaws.com");
    std::set<store::RootFeature> wanted;
    for (const Text& name : features.items) {
        const auto* const known = std::find_if(std::begin(feature_names), std::end(feature_names),
                                               [&](const auto& feature) { return feature.second == name.value; });
        if (known == std::end(feature_names))
            work.refuse({}, "IAM's features for root users are RootSessions and RootCredentialsManagement", name.at);
        wanted.insert(known->first);
    }
    if (!wanted.empty() && !can_have)
        work.refuse({},
                    "only an organization with all features has them, in which iam.amazonaws.com has trusted access",
                    features.at);
    if (!organization) return;
    namespace root_features = store::root_features;
    const auto present = work.read([&](db::Transaction& tx) { return root_features::enabled(tx, organization->id); });
    if (present == wanted) return;
    work.write([&](db::Transaction& tx) {
        for (const auto feature : present)
            if (!wanted.contains(feature)) root_features::disable(tx, organization->id, feature);
        for (const auto feature : wanted) root_features::enable(tx, organization->id, feature);
    });
}

void sync_templates(Work& work, const Anything& templates) {
    work.begin(store::organization::revision_key(), &templates, templates ? *templates.at : *templates.removed);
    if (templates.removed != nullptr) {
        if (work.read([](db::Transaction& tx) { return store::declared_templates::find(tx); }))
            work.write([](db::Transaction& tx) { store::declared_templates::remove(tx); });
        return;
    }
    const tree::TracedJson json = tree::to_traced_json(*templates.at, Numbers::are_numbers);
    const auto read = templates::parse_declaration(json.text);
    if (const auto* const error = std::get_if<templates::DeclarationError>(&read))
        throw Refused(place_of(*templates.at, json, *error), {}, error->message);
    const auto present = work.read([](db::Transaction& tx) { return store::declared_templates::find(tx); });
    if (present && are_same_documents(present->text, json.text)) return;
    work.write([&](db::Transaction& tx) { store::declared_templates::replace(tx, json.text, work.now()); });
    if (!present) work.note_created();
}

}  // namespace iamlocal::seed
