#include "analysis/diff.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "analysis/callers.hpp"

namespace iamlocal::analysis {
namespace {

using policy::TypeVerdict;

/// The search for what one document allows and another does not, statement by statement.
class ExcessSearch {
  public:
    ExcessSearch(const Model& wide, const Model& narrow) : wide_(wide), narrow_(narrow) {
        const std::array<const Model*, 2> models{&wide, &narrow};
        classes_ = caller_classes(models);
    }

    Excess run() {
        for (const Box& box : wide_.boxes())
            if (box.allows) look_at(box);
        return std::move(excess_);
    }

  private:
    void look_at(const Box& box) {
        std::string doubt = classes_.are_all ? std::string() : "there are too many principals";
        const bool by_value = !box.action->negated && box.actions.size() > 1;
        for (std::size_t value = 0; value < (by_value ? box.actions.size() : 1); ++value) {
            Clauses actions;
            if (by_value) actions.push_back(std::make_shared<const Clause>(Clause{{box.action->any[value]}, false}));
            const std::string named = box.action->negated ? std::string() : box.actions[value];
            if (const auto found = find(box, actions, doubt))
                excess_.found.push_back({box.path(), named, *found, is_denied_});
        }
        if (!doubt.empty()) excess_.doubts.push_back({box.path(), std::move(doubt)});
    }

    /// One request that the statement allows, and the other document does not. Notes why it cannot be told.
    std::optional<Witness> find(const Box& box, const Clauses& actions, std::string& doubt) {
        for (const Callers& callers : classes_.classes) {
            if (!names(wide_, box, callers)) continue;
            Region region{{&box}, {}, actions, {}, {}};
            add(wide_, callers, false, region.outside);
            const std::size_t own = region.outside.size();
            add(narrow_, callers, true, region.outside);
            if (auto found = look(region, callers, doubt)) return found;
            region.outside.resize(own);
            std::vector<const Box*> denials;
            add(narrow_, callers, false, denials);
            for (const Box* denial : denials) {
                region.inside = {&box, denial};
                if (auto found = look(region, callers, doubt)) return found;
            }
        }
        return std::nullopt;
    }

    std::optional<Witness> look(const Region& region, const Callers& callers, std::string& doubt) {
        const auto confirm = [&](const Witness& witness) {
            const auto wide = witness.ask(wide_);
            const auto narrow = witness.ask(narrow_);
            is_denied_ = narrow == TypeVerdict::deny;
            return wide == TypeVerdict::allow && narrow && narrow != TypeVerdict::allow;
        };
        const Sighting seen = look_for(region, callers, wide_.names(), wide_.has_principals(), confirm);
        if (seen.kind == Sighting::Kind::unknown && doubt.empty()) doubt = seen.because;
        if (seen.kind != Sighting::Kind::found) return std::nullopt;
        return seen.witness;
    }

    static bool names(const Model& model, const Box& box, const Callers& callers) {
        return !model.has_principals() || model.names_principal(box, callers.front());
    }

    static void add(const Model& model, const Callers& callers, bool allows, std::vector<const Box*>& boxes) {
        for (const Box& box : model.boxes())
            if (box.allows == allows && names(model, box, callers)) boxes.push_back(&box);
    }

    const Model& wide_;
    const Model& narrow_;
    CallerClasses classes_;
    Excess excess_;
    bool is_denied_ = false;
};

}  // namespace

Excess find_excess(const Model& wide, const Model& narrow) { return ExcessSearch(wide, narrow).run(); }

Diff compare(const Model& old, const Model& now) { return {find_excess(now, old), find_excess(old, now)}; }

}  // namespace iamlocal::analysis
