#include "analysis/witness.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "analysis/likely_names.hpp"
#include "base/encoding.hpp"
#include "policy/caller.hpp"

namespace iamlocal::analysis {
namespace {

using Kind = Sighting::Kind;

/// Cases that one search may look at.
constexpr std::size_t most_cases = 4000;
/// Texts of one case that may be searched for the long way.
constexpr std::size_t most_searches = 3000;
/// Requests that are tried for one case.
constexpr std::size_t most_requests = 48;

std::shared_ptr<const Clause> clause_of(std::initializer_list<TextPattern> patterns) {
    return std::make_shared<const Clause>(Clause{patterns, false});
}

/// `service:name`
const std::shared_ptr<const Clause>& any_action() {
    static const std::shared_ptr<const Clause> clause = [] {
        VariableNames none;
        return clause_of({TextPattern::glob("?*:?*", true, false, none)});
    }();
    return clause;
}

/// An ARN, or `*`.
const std::shared_ptr<const Clause>& any_resource() {
    static const std::shared_ptr<const Clause> clause = [] {
        VariableNames none;
        return clause_of({TextPattern::arn("arn:*:*:*:*:*", false, none), TextPattern::glob("*", false, false, none)});
    }();
    return clause;
}

/// The values of keys that follow from the caller; nothing for others.
std::optional<std::optional<policy::Values>> key_of(const policy::Principal& caller, std::string_view key) {
    constexpr std::string_view keys[] = {"aws:principalarn",          "aws:principalaccount",     "aws:principaltype",
                                         "aws:principalisawsservice", "aws:principalservicename", "aws:username"};
    const bool is_id = key == "aws:userid" && !caller.unique_id.empty();
    if (!is_id && std::find(std::begin(keys), std::end(keys), key) == std::end(keys)) return std::nullopt;
    std::optional<std::string> value = policy::principal_key(caller, key);
    if (!value) return std::optional<policy::Values>();
    return std::optional<policy::Values>(policy::Values::single(*std::move(value)));
}

class Explorer {
  public:
    Explorer(const Region& region, const Callers& callers, const VariableNames& names, bool are_fixed,
             const std::function<bool(const Witness&)>& confirm)
        : region_(region),
          callers_(callers),
          names_(names),
          are_fixed_(are_fixed),
          confirm_(confirm),
          pivot_(region.inside.front()->resource.get()),
          has_resources_(pivot_ != nullptr),
          actions_(region.actions),
          resources_(region.resources),
          literals_(region.literals) {
        actions_.push_back(any_action());
        if (has_resources_) resources_.push_back(any_resource());
        for (const Box* box : region.inside) {
            actions_.push_back(box->action);
            if (box->resource) resources_.push_back(box->resource);
            for (const auto& atom : box->atoms) literals_.push_back({atom, box->allows ? Want::yes : Want::not_no});
        }
    }

    Sighting run() {
        if (text_kind(actions_, nullptr) == TextAnswer::Kind::none ||
            (has_resources_ && text_kind(resources_, pivot_) == TextAnswer::Kind::none) || is_contradictory(literals_))
            return {Kind::none, {}, {}};
        const Kind kind = explore(0);
        return {kind, std::move(witness_), kind == Kind::unknown ? because_ : std::string()};
    }

  private:
    Kind unknown(std::string because) {
        if (because_.empty()) because_ = std::move(because);
        return Kind::unknown;
    }

    TextAnswer::Kind text_kind(const Clauses& clauses, const Clause* pivot) {
        std::vector<const Clause*> key;
        for (const auto& clause : clauses) key.push_back(clause.get());
        std::sort(key.begin(), key.end());
        const auto known = kinds_.find(key);
        if (known != kinds_.end()) return known->second;
        if (++searches_ > most_searches) return TextAnswer::Kind::unknown;
        const TextAnswer::Kind kind = find_text(clauses, pivot).kind;
        kinds_.emplace(std::move(key), kind);
        return kind;
    }

    std::shared_ptr<const Clause> negation_of(const std::shared_ptr<const Clause>& clause) {
        std::shared_ptr<const Clause>& made = negations_[clause.get()];
        if (!made) made = std::make_shared<const Clause>(clause->negation());
        return made;
    }

    /// Goes on with one more demand, unless nothing is left.
    Kind with(Clauses& clauses, const Clause* pivot, std::shared_ptr<const Clause> more, std::size_t next) {
        clauses.push_back(std::move(more));
        const Kind kind = text_kind(clauses, pivot) == TextAnswer::Kind::none ? Kind::none : explore(next);
        clauses.pop_back();
        return kind;
    }

    bool has_room_within(Clauses& clauses, const Clause* pivot, const std::shared_ptr<const Clause>& more) {
        clauses.push_back(more);
        const bool has_room = text_kind(clauses, pivot) != TextAnswer::Kind::none;
        clauses.pop_back();
        return has_room;
    }

    /// Whether a statement may apply to some request of the case.
    bool meets(const Box& box) {
        if (!has_room_within(actions_, nullptr, box.action)) return false;
        if (box.resource && has_resources_ && !has_room_within(resources_, pivot_, box.resource)) return false;
        const std::size_t before = literals_.size();
        for (const auto& atom : box.atoms) literals_.push_back({atom, box.allows ? Want::yes : Want::not_no});
        const bool meets = literals_.size() == before || !is_contradictory(literals_);
        literals_.resize(before);
        return meets;
    }

    /// Makes sure that the statements from `next` on do not apply, in each way in which one may not.
    Kind explore(std::size_t next) {
        while (next < region_.outside.size() && !meets(*region_.outside[next])) ++next;
        if (++cases_ > most_cases) return unknown("there are too many cases");
        if (next == region_.outside.size()) return finish();
        const Box& box = *region_.outside[next];
        Kind all = Kind::none;
        const auto take = [&](Kind kind) {
            if (kind != Kind::none) all = kind;
            return kind == Kind::found;
        };
        if (take(with(actions_, nullptr, negation_of(box.action), next + 1))) return all;
        if (box.resource && has_resources_ && take(with(resources_, pivot_, negation_of(box.resource), next + 1)))
            return all;
        for (const auto& atom : box.atoms) {
            literals_.push_back({atom, box.allows ? Want::not_yes : Want::no});
            const Kind kind = is_contradictory(literals_) ? Kind::none : explore(next + 1);
            literals_.pop_back();
            if (take(kind)) return all;
        }
        return all;
    }

    /// Makes requests of a case and has them confirmed.
    Kind finish() {
        const TextAnswer action = find_text(actions_);
        if (action.kind == TextAnswer::Kind::none) return Kind::none;
        TextAnswer resource{TextAnswer::Kind::found, {}};
        if (has_resources_) resource = find_text(resources_, pivot_);
        if (resource.kind == TextAnswer::Kind::none) return Kind::none;
        if (action.kind == TextAnswer::Kind::unknown || resource.kind == TextAnswer::Kind::unknown)
            return unknown("the patterns have too many combinations");
        std::vector<std::string> actions = likely_actions(actions_);
        if (auto text = spell(action.text, {})) actions.push_back(*std::move(text));
        std::size_t tried = 0;
        for (const policy::Principal& caller : callers_) {
            const Keys given = values_of_variables(caller);
            FixedKeys fixed;
            if (are_fixed_) fixed = [&caller](std::string_view key) { return key_of(caller, key); };
            const ContextAnswer context = find_context(literals_, fixed, given);
            if (context.kind == ContextAnswer::Kind::none) return Kind::none;
            if (context.kind == ContextAnswer::Kind::unknown) {
                unknown(fmt::format("no values were found for the conditions {}", context.because));
                continue;
            }
            for (const std::string& name : actions) {
                for (const SymbolText& text : resource_texts(name, resource.text)) {
                    if (++tried > most_requests)
                        return unknown("the engine allows none of the requests that were tried");
                    auto witness = make(name, text, caller, context.keys);
                    if (!witness || !confirm_(*witness)) continue;
                    witness_ = *std::move(witness);
                    return Kind::found;
                }
            }
        }
        return unknown("the engine confirms none of the requests that were tried");
    }

    /// The likely resources first.
    std::vector<SymbolText> resource_texts(const std::string& action, const SymbolText& shortest) {
        if (!has_resources_) return {{}};
        std::vector<std::string> likely = likely_resources(action);
        for (const auto& clause : resources_)
            if (clause != any_resource())
                for (std::string& text : likely_texts(*clause)) likely.push_back(std::move(text));
        std::vector<SymbolText> texts;
        constexpr std::size_t most_likely = 5;
        for (const std::string& text : satisfying(resources_, likely, most_likely)) {
            SymbolText symbols;
            for (const char c : text) symbols.push_back(static_cast<unsigned char>(c));
            texts.push_back(std::move(symbols));
        }
        texts.push_back(shortest);
        return texts;
    }

    Keys values_of_variables(const policy::Principal& caller) const {
        Keys given;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const VariableNames::Variable& variable = names_.of(first_variable + static_cast<Symbol>(i));
            const auto value = policy::principal_key(caller, variable.key);
            if (value)
                given.emplace_back(variable.key, policy::Values::single(*value));
            else if (!variable.has_fallback)
                given.emplace_back(variable.key, policy::Values::single("example"));
        }
        return given;
    }

    std::optional<Witness> make(const std::string& action, const SymbolText& resource, const policy::Principal& caller,
                                const Keys& wanted) const {
        std::map<std::string, policy::Values> context;
        for (const auto& [key, value] : policy::caller_keys(caller))
            context.insert_or_assign(fold_case(key), policy::Values::single(value));
        for (const auto& [key, values] : values_of_variables(caller)) context.insert_or_assign(key, values);
        // What the conditions are about is as they want it, or absent.
        for (const Literal& literal : literals_) context.erase(literal.atom->condition.key);
        for (const auto& [key, values] : wanted) context.insert_or_assign(key, values);
        std::vector<std::string> values;
        for (std::size_t i = 0; i < names_.size(); ++i) {
            const VariableNames::Variable& variable = names_.of(first_variable + static_cast<Symbol>(i));
            const auto found = context.find(variable.key);
            const bool is_one = found != context.end() && found->second.items.size() == 1;
            values.push_back(is_one ? found->second.items.front() : variable.fallback);
        }
        Witness witness;
        witness.action = action;
        witness.principal = caller;
        witness.context = {context.begin(), context.end()};
        const std::optional<std::string> spelled = spell(resource, values);
        if (!spelled) return std::nullopt;
        witness.resource = has_resources_ ? *spelled : fmt::format("arn:aws:iam::{}:role/example", example_account);
        return witness;
    }

    const Region& region_;
    const Callers& callers_;
    const VariableNames& names_;
    const bool are_fixed_;
    const std::function<bool(const Witness&)>& confirm_;
    const Clause* const pivot_;
    const bool has_resources_;
    Clauses actions_;
    Clauses resources_;
    std::vector<Literal> literals_;
    std::map<std::vector<const Clause*>, TextAnswer::Kind> kinds_;
    std::map<const Clause*, std::shared_ptr<const Clause>> negations_;
    std::size_t cases_ = 0;
    std::size_t searches_ = 0;
    std::string because_;
    Witness witness_;
};

}  // namespace

std::optional<policy::TypeVerdict> Witness::ask(const Model& model) const {
    policy::MapContext keys;
    for (const auto& [key, values] : context) keys.set(key, values);
    return model.judge({&principal, action, resource, {}, &keys});
}

Sighting look_for(const Region& region, const Callers& callers, const VariableNames& names, bool are_fixed,
                  const std::function<bool(const Witness&)>& confirm) {
    return Explorer(region, callers, names, are_fixed, confirm).run();
}

}  // namespace iamlocal::analysis
