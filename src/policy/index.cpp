#include "policy/index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/words.hpp"
#include "policy/document.hpp"
#include "policy/evaluate.hpp"

namespace iamlocal::policy {
namespace {

/// Up to this many statements, looking at all of them costs less than an index.
constexpr std::size_t few_statements = 3;

/// Of more keys than most policies name, looking for one costs more than it saves.
constexpr std::size_t most_keys = 16;

/// By number of bytes: a word in which these bytes of memory are ones.
constexpr std::array<std::uint64_t, 9> masks = [] {
    std::array<std::uint64_t, 9> words{};
    std::array<unsigned char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = 0xFF;
        words[i + 1] = std::bit_cast<std::uint64_t>(bytes);
    }
    return words;
}();

/// Whether a condition fails unless its key has exactly one value and that matches one of the operands, all of which
/// are patterns.
bool wants_one_value(const Condition& condition) {
    const auto& [op, quantifier, if_exists] = condition.name;
    return (op->family == Family::string || op->family == Family::arn) && !op->negated && !if_exists &&
           quantifier == Quantifier::none;
}

Filter filter_of(const Operand& operand) {
    if (const Glob* text = std::get_if<Glob>(&operand)) return Filter(*text);
    const ArnPattern* arn = std::get_if<ArnPattern>(&operand);
    // One that may be no ARN concerns requests that it does not match.
    if (arn && !arn->may_be_broken()) return Filter(arn->text());
    return {};
}

/// The place of a key in the list, where it is put if there is room; nothing if there is none.
std::optional<std::uint32_t> place_of(const std::string& key, std::vector<std::string>& keys) {
    const auto known = std::find(keys.begin(), keys.end(), key);
    if (known == keys.end() && keys.size() == most_keys) return std::nullopt;
    const auto place = static_cast<std::uint32_t>(known - keys.begin());
    if (known == keys.end()) keys.push_back(key);
    return place;
}

}  // namespace

SubjectPrefix::SubjectPrefix(std::string_view text) : size_(text.size()) {
    std::memcpy(bytes_.data(), text.data(), std::min(text.size(), capacity));
}

Filter::Filter(const Glob& pattern)
    : whole_(pattern.is_leading_text() && pattern.leading_text().size() <= SubjectPrefix::capacity) {
    const std::string_view text = pattern.leading_text().substr(0, SubjectPrefix::capacity);
    size_ = static_cast<std::uint8_t>(std::min(text.size(), bytes_.size()));
    offset_ = static_cast<std::uint16_t>(text.size() - size_);
    std::copy_n(text.begin() + offset_, size_, bytes_.begin());
}

bool Filter::passes(const SubjectPrefix& subject) const {
    // A subject that is too short has zeros there, and no pattern has any.
    const std::uint64_t differences = load_word(subject.bytes_.data() + offset_) ^ load_word(bytes_.data());
    if ((differences & masks[size_]) != 0) return false;
    return !whole_ || subject.size_ == std::size_t{offset_} + size_;
}

Index::Index(const std::vector<Statement>& statements) {
    if (statements.size() <= few_statements) return;
    struct Keyed {
        bool named;  ///< entries for every service come first
        std::uint64_t service;
        Entry entry;
    };
    std::vector<Keyed> keyed;
    keyed.reserve(2 * statements.size());
    summaries_.reserve(statements.size() + 1);
    summaries_.emplace_back();
    condition_filters_.reserve(statements.size() + 1);
    condition_filters_.emplace_back();
    for (std::uint32_t i = 0; i < statements.size(); ++i) {
        const Statement& statement = statements[i];
        const std::vector<ActionPattern>& actions = statement.action.any;
        const bool every_action = statement.action.negated ||
                                  std::any_of(actions.begin(), actions.end(),
                                              [](const ActionPattern& action) { return action.matches_everything(); });
        if (every_action) {
            keyed.push_back({false, 0, {Filter(), i}});
        } else {
            for (const ActionPattern& action : actions) {
                if (action.matches_nothing()) continue;
                keyed.push_back({true, service_key(action.service()), {Filter(action.text()), i}});
            }
        }
        if (statement.resource && !statement.resource->negated) {
            const std::vector<ArnPattern>& resources = statement.resource->any;
            const bool all = std::any_of(resources.begin(), resources.end(),
                                         [](const ArnPattern& arn) { return arn.matches_everything(); });
            if (!all) {
                for (const ArnPattern& arn : resources) resources_.emplace_back(arn.text());
            }
        }
        std::optional<std::uint32_t> key;
        for (const Condition& condition : statement.conditions) {
            if (!wants_one_value(condition)) continue;
            key = place_of(condition.key, keys_);
            if (!key) continue;
            for (const Operand& operand : condition.operands) values_.push_back(filter_of(operand));
            break;
        }
        condition_filters_.push_back({static_cast<std::uint32_t>(values_.size()), key.value_or(0)});
        StatementSummary& summary = summaries_.emplace_back();
        summary.filters_end = static_cast<std::uint32_t>(resources_.size()) & 0x7FFFFFFFU;
        summary.denies = statement.effect == Effect::deny;
        denies_ = denies_ || summary.denies;
    }
    std::sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
        if (a.named != b.named) return b.named;
        if (a.service != b.service) return a.service < b.service;
        return a.entry.statement < b.entry.statement;
    });
    entries_.reserve(keyed.size());
    groups_.emplace_back();
    for (const Keyed& one : keyed) {
        if (one.named && (groups_.size() == 1 || groups_.back().service != one.service)) {
            groups_.push_back({one.service, 0});
        }
        entries_.push_back(one.entry);
        groups_.back().end = static_cast<std::uint32_t>(entries_.size());
    }
    // Where every statement is for every action, resource and value, there is nothing to leave out.
    if (groups_.size() == 1 && resources_.empty() && values_.empty()) {
        *this = Index();
        return;
    }
    groups_.shrink_to_fit();
    resources_.shrink_to_fit();
    values_.shrink_to_fit();
    if (values_.empty()) condition_filters_ = std::vector<ConditionFilter>();
}

IndexTarget::IndexTarget(const Subject& subject)
    : subject_(subject),
      action_(subject.action().text),
      resource_(subject.resource().text),
      service_(subject.action().service) {}

const SubjectPrefix* IndexTarget::value_of(std::string_view key) const {
    auto known = std::find_if(values_.begin(), values_.end(), [&](const Value& value) { return value.key == key; });
    if (known == values_.end()) {
        if (values_.size() == most_keys) values_.pop_back();
        Value& value = values_.emplace_back();
        value.key = key;
        const Values* const values = subject_.values_of(key);
        if (values != nullptr && !values->multivalued && values->items.size() == 1)
            value.prefix.emplace(values->items.front());
        known = values_.end() - 1;
    }
    return known->prefix ? &*known->prefix : nullptr;
}

Index::Walk::Walk(const Index& index, const IndexTarget& target) : index_(index), target_(target) {
    const std::vector<Group>& groups = index.groups_;
    const Entry* entries = index.entries_.data();
    any_ = {entries, entries + groups.front().end};
    const auto group = std::lower_bound(groups.begin() + 1, groups.end(), target.service(),
                                        [](const Group& a, std::uint64_t service) { return a.service < service; });
    if (group == groups.end() || group->service != target.service()) return;
    service_ = {entries + std::prev(group)->end, entries + group->end};
}

inline bool Index::Walk::has_value(std::uint32_t statement) {
    const ConditionFilter* const condition = &index_.condition_filters_[statement + std::size_t{1}];
    const Filter* const begin = index_.values_.data() + (condition - 1)->values_end;
    const Filter* const end = index_.values_.data() + condition->values_end;
    if (begin == end) return true;
    if (condition->key != key_) {
        value_ = target_.value_of(index_.keys_[condition->key]);
        key_ = condition->key;
    }
    return value_ != nullptr && std::any_of(begin, end, [&](const Filter& filter) { return filter.passes(*value_); });
}

/// Whether nothing but the statement itself can tell that it does not apply, its action left aside.
template <bool with_conditions>
inline bool Index::Walk::may_apply(std::uint32_t statement, Wanted wanted) {
    const StatementSummary* summary = &index_.summaries_[statement + std::size_t{1}];
    if (wanted == Wanted::denials && summary->denies == 0) return false;
    const Filter* filter = index_.resources_.data() + (summary - 1)->filters_end;
    const Filter* const end = index_.resources_.data() + summary->filters_end;
    if (filter != end) {
        while (!filter->passes(target_.resource()))
            if (++filter == end) return false;
    }
    if constexpr (with_conditions) return has_value(statement);
    return true;
}

/// Moves the range to its next candidate, unless it is there or there is none. A function of its own, so that its loop
/// has all registers.
template <bool with_conditions>
[[gnu::noinline]] void Index::Walk::find(Range& range, Wanted wanted) {
    if (range.found) return;
    while (range.at != range.end) {
        if (!range.at->action.passes(target_.action())) {
            ++range.at;
            continue;
        }
        const std::uint32_t statement = range.at->statement;
        if (may_apply<with_conditions>(statement, wanted)) {
            range.found = true;
            return;
        }
        while (range.at != range.end && range.at->statement == statement) ++range.at;
    }
}

std::optional<std::size_t> Index::Walk::next(Wanted wanted) {
    if (wanted == Wanted::denials && !index_.denies_) return std::nullopt;
    if (index_.condition_filters_.empty()) {
        find<false>(any_, wanted);
        find<false>(service_, wanted);
    } else {
        find<true>(any_, wanted);
        find<true>(service_, wanted);
    }
    if (!any_.found && !service_.found) return std::nullopt;
    const bool take_any = any_.found && (!service_.found || any_.at->statement < service_.at->statement);
    Range& taken = take_any ? any_ : service_;
    // The other entries of the same statement have nothing to add.
    const std::uint32_t statement = taken.at->statement;
    while (taken.at != taken.end && taken.at->statement == statement) ++taken.at;
    taken.found = false;
    return statement;
}

}  // namespace iamlocal::policy
