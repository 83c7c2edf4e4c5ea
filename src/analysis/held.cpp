#include "analysis/held.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <variant>

#include <fmt/format.h>

#include "analysis/resource_groups.hpp"
#include "base/encoding.hpp"
#include "policy/document.hpp"
#include "policy/evaluate.hpp"
#include "policy/json.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"

namespace iamlocal::analysis {
namespace {

/// An observation as the engine asks about it.
class Seen {
  public:
    explicit Seen(const Observation& observation) : observation_(&observation) {
        for (const Keys* keys : {&observation.context, &observation.keys})
            for (const auto& [key, values] : *keys) context_.set(key, values);
    }
    [[nodiscard]] const Observation& what() const { return *observation_; }
    [[nodiscard]] policy::Request request() const {
        return {nullptr, observation_->action, observation_->resource, {}, &context_};
    }

  private:
    const Observation* observation_;
    policy::MapContext context_;
};

bool is_wild(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

/// `Statement[1].Action[2]`; without index where the element is no list.
std::string path_of(std::size_t statement, std::string_view element, const policy::json::Value& value, std::size_t i) {
    std::string path = fmt::format("Statement[{}].{}", statement, element);
    return value.is(policy::json::Type::array) ? path.append(fmt::format("[{}]", i)) : path;
}

/// Looks at one statement of one policy.
class Look {
  public:
    Look(const policy::SourcedPolicy& source, std::size_t index, const policy::StatementOutline& outline,
         std::size_t wildcard_from, std::vector<Surplus>& found)
        : source_(source), index_(index), outline_(outline), wildcard_from_(wildcard_from), found_(found) {}

    void at(const std::deque<Seen>& all) {
        const policy::Statement& statement = source_.policy->statements[index_];
        for (const Seen& seen : all) {
            const policy::Request request = seen.request();
            const policy::Subject subject(request);
            if (policy::match(*source_.policy, statement, subject).applies()) used_.push_back(&seen);
        }
        if (used_.empty()) return add(Surplus::Kind::statement, fmt::format("Statement[{}]", index_), {}, {});
        if (!outline_.action.negated) look_at_actions(*outline_.action.value);
        if (outline_.resource.value && !outline_.resource.negated) look_at_resources(*outline_.resource.value);
    }

  private:
    void look_at_actions(const policy::json::Value& element) {
        const auto values = policy::values_of(element);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const policy::ActionPattern pattern = policy::ActionPattern::parse(values[i].text);
            std::set<std::string> done;
            for (const Seen* seen : used_) {
                const std::string folded = fold_case(seen->what().action);
                if (pattern.matches(policy::ActionName::of(folded))) done.insert(seen->what().action);
            }
            const std::string path = path_of(index_, "Action", element, i);
            if (done.empty())
                add(Surplus::Kind::action, path, values[i].text, {});
            else if (is_wild(values[i].text))
                add(Surplus::Kind::wildcard, path, values[i].text, {done.begin(), done.end()});
        }
    }

    void look_at_resources(const policy::json::Value& element) {
        const auto values = policy::values_of(element);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!is_wild(values[i].text)) continue;
            const policy::ArnPattern pattern = policy::ArnPattern::resource(
                values[i].text, source_.policy->variables_enabled, policy::ArnPattern::Short::any);
            std::vector<std::string> done;
            for (const Seen* seen : used_) {
                const policy::Request request = seen->request();
                if (pattern.matches(policy::ResourceName::of(request.resource), *request.context))
                    done.push_back(seen->what().resource);
            }
            // What takes no resource needs the wildcard.
            std::vector<std::string> enough = group_resources(done, wildcard_from_);
            const auto is_same = [&](const std::string& text) { return text == "*" || text == values[i].text; };
            if (std::any_of(enough.begin(), enough.end(), is_same)) continue;
            add(Surplus::Kind::wildcard, path_of(index_, "Resource", element, i), values[i].text, std::move(enough));
        }
    }

    void add(Surplus::Kind kind, std::string path, std::string_view value, std::vector<std::string> enough) {
        found_.push_back({kind, std::string(source_.arn.empty() ? source_.name : source_.arn),
                          std::string(source_.owner), std::move(path), std::string(value), std::move(enough)});
    }

    const policy::SourcedPolicy& source_;
    std::size_t index_;
    const policy::StatementOutline& outline_;
    std::size_t wildcard_from_;
    std::vector<Surplus>& found_;
    std::vector<const Seen*> used_;
};

}  // namespace

std::vector<Surplus> find_surplus(policy::Policies held, std::span<const Observation> observations,
                                  std::size_t wildcard_from) {
    std::deque<Seen> done;
    for (const Observation& observation : observations)
        if (!observation.refused) done.emplace_back(observation);
    std::vector<Surplus> found;
    for (const policy::SourcedPolicy& source : held) {
        if (!source.policy || source.text.empty()) continue;
        const auto json = policy::json::parse(source.text, {policy::max_document_bytes, policy::max_document_depth});
        const auto* document = std::get_if<policy::json::Document>(&json);
        if (!document) continue;
        const auto outlined = policy::outline(document->root());
        const auto* outline = std::get_if<policy::Outline>(&outlined);
        if (!outline || outline->statements.size() != source.policy->statements.size()) continue;
        for (std::size_t i = 0; i < outline->statements.size(); ++i)
            if (source.policy->statements[i].effect == policy::Effect::allow)
                Look(source, i, outline->statements[i], wildcard_from, found).at(done);
    }
    return found;
}

}  // namespace iamlocal::analysis
