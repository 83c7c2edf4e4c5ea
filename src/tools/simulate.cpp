#include "tools/simulate.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "policy/collection.hpp"
#include "policy/explanation.hpp"
#include "policy/question.hpp"
#include "tools/colour.hpp"
#include "tools/known_names.hpp"
#include "tools/simulate_options.hpp"
#include "tools/simulate_server.hpp"
#include "tools/sources.hpp"

namespace iamlocal::tools {
namespace {

/// The files of a question, compiled, and the list of them that decides.
class Documents {
  public:
    explicit Documents(const SimulateOptions& options) : options_(options) {}

    void add(policy::PolicyType type, policy::DocumentKind kind, const std::string& path, std::size_t level = 0) {
        if (path.empty()) return;
        const LoadedPolicy& loaded = loaded_.emplace_back(load_policy(path, kind, options_.parameters));
        if (!options_.any_names) require_known_names(loaded.text, path, names_flag);
        collection_.add(type, {loaded.policy.get(), loaded.path, {}, loaded.text}, level);
    }
    policy::Collection& collection() { return collection_; }

  private:
    const SimulateOptions& options_;
    std::deque<LoadedPolicy> loaded_;  // a deque, so that what the collection refers to stays where it is
    policy::Collection collection_;
};

void load(Documents& documents, const SimulateOptions& options) {
    using policy::DocumentKind;
    using policy::PolicyType;
    for (const std::string& path : options.identity) documents.add(PolicyType::identity, DocumentKind::identity, path);
    documents.add(PolicyType::boundary, DocumentKind::boundary, options.boundary);
    for (const std::string& path : options.session) documents.add(PolicyType::session, DocumentKind::session, path);
    documents.add(PolicyType::resource, DocumentKind::resource, options.resource_policy);
    documents.add(PolicyType::trust, DocumentKind::trust, options.trust);
    for (const LevelFile& scp : options.scp) documents.add(PolicyType::scp, DocumentKind::scp, scp.path, scp.level);
    for (const LevelFile& rcp : options.rcp) documents.add(PolicyType::rcp, DocumentKind::rcp, rcp.path, rcp.level);
}

/// The short answer: the decision, and what brought it about.
std::string summary(const policy::Explanation& explanation, const policy::Decision& decision,
                    const SimulateOptions& options) {
    std::string out =
        fmt::format("{}  {} on {}\n", policy::name_of(explanation.outcome), options.action, options.resource);
    const std::string why = policy::reason(decision, options.action);
    if (!why.empty()) out.append(fmt::format("  {}\n", why));
    if (!explanation.deciding_policy) return out;
    const policy::PolicyReport& by = explanation.policies[*explanation.deciding_policy];
    if (!explanation.deciding_statement) return out.append(fmt::format("  {}\n", by.name));
    const policy::StatementReport& statement = by.statements[*explanation.deciding_statement];
    out.append(fmt::format("  {}:{}:{}: {} statement", by.name, statement.start.line, statement.start.column,
                           statement.effect == policy::Effect::allow ? "Allow" : "Deny"));
    if (!statement.sid.empty()) out.append(" ").append(statement.sid);
    return out.append(fmt::format(" ({})\n", policy::name_of(by.type)));
}

int ask_files(const SimulateOptions& options, bool colour) {
    Documents documents(options);
    load(documents, options);
    const std::string named = policy::account_in(options.resource);
    const std::string resource_account = options.resource_account.empty() ? named : options.resource_account;

    std::string error;
    const std::string home = resource_account.empty() ? "000000000000" : resource_account;
    std::optional<policy::Principal> caller = make_caller(options.caller, home, error);
    if (!caller) throw InputError("--principal: " + error);

    policy::MapContext context;
    fill_context(context, *caller, resource_account, options.context);
    const policy::Request request{&*caller, options.action, options.resource, resource_account, &context};
    const policy::PolicySet set = documents.collection().set(options.resource);
    const policy::Explanation explanation = policy::explain(set, request);
    if (options.json) {
        print(policy::to_json(explanation, request) + "\n");
    } else if (options.explain) {
        const std::string text = policy::to_text(explanation, request);
        print(colour ? colour_explanation(text) : text);
    } else {
        print(summary(explanation, policy::decide(set, request), options));
    }
    return explanation.outcome == policy::Outcome::allowed ? exit_good : exit_bad;
}

/// The names of all documents of a question.
std::vector<std::string> documents_of(const SimulateOptions& options) {
    std::vector<std::string> names = options.identity;
    names.insert(names.end(), options.session.begin(), options.session.end());
    for (const std::string& name : {options.boundary, options.resource_policy, options.trust})
        if (!name.empty()) names.push_back(name);
    for (const LevelFile& scp : options.scp) names.push_back(scp.path);
    for (const LevelFile& rcp : options.rcp) names.push_back(rcp.path);
    return names;
}

/// One action after the other. Several make a list in JSON. The worst answer is the exit status.
int ask_all(SimulateOptions options, bool colour) {
    const bool listed = options.json && options.actions.size() > 1;
    int worst = exit_good;
    for (std::size_t i = 0; i < options.actions.size(); ++i) {
        options.action = options.actions[i];
        if (listed) print(i == 0 ? "[\n" : ",\n");
        worst = std::max(worst, options.endpoint.url.empty() ? ask_files(options, colour) : ask_server(options));
    }
    if (listed) print("]\n");
    return worst;
}

}  // namespace

int simulate(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        const SimulateCall call = parse_simulate(arguments, environment);
        if (call.help) {
            print(*call.help);
            return exit_good;
        }
        require_known_parameters(call.options.parameters, documents_of(call.options));
        return ask_all(call.options, wants_colour(environment));
    } catch (const InputError& error) {
        return complain("simulate", error.what());
    }
}

}  // namespace iamlocal::tools
