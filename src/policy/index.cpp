#include "policy/index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "policy/document.hpp"

namespace iamlocal::policy {
namespace {

/// Up to this many statements, looking at all of them costs less than an index.
constexpr std::size_t few_statements = 3;

std::uint64_t word(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

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

}  // namespace

Probe::Probe(std::string_view text) : size_(text.size()) {
    std::memcpy(bytes_.data(), text.data(), std::min(text.size(), capacity));
}

Filter::Filter(const Glob& pattern)
    : whole_(pattern.is_leading_text() && pattern.leading_text().size() <= Probe::capacity) {
    const std::string_view text = pattern.leading_text().substr(0, Probe::capacity);
    size_ = static_cast<std::uint8_t>(std::min(text.size(), bytes_.size()));
    offset_ = static_cast<std::uint16_t>(text.size() - size_);
    std::copy_n(text.begin() + offset_, size_, bytes_.begin());
}

bool Filter::passes(const Probe& subject) const {
    // A subject that is too short has zeros there, and no pattern has any.
    const std::uint64_t differences = word(subject.bytes_.data() + offset_) ^ word(bytes_.data());
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
    briefs_.reserve(statements.size() + 1);
    briefs_.emplace_back();
    for (std::uint32_t i = 0; i < statements.size(); ++i) {
        const Statement& statement = statements[i];
        const std::vector<ActionPattern>& actions = statement.action.any;
        // Those that match every action come first.
        if (statement.action.negated || (!actions.empty() && actions.front().matches_everything())) {
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
        Brief& brief = briefs_.emplace_back();
        brief.filters_end = static_cast<std::uint32_t>(resources_.size()) & 0x7FFFFFFFU;
        brief.denies = statement.effect == Effect::deny;
        denies_ = denies_ || brief.denies;
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
    // Where every statement is for every action and resource, there is nothing to leave out.
    if (groups_.size() == 1 && resources_.empty()) {
        *this = Index();
        return;
    }
    groups_.shrink_to_fit();
    resources_.shrink_to_fit();
}

Index::Walk::Walk(const Index& index, const IndexTarget& target) : index_(index), target_(target) {
    const std::vector<Group>& groups = index.groups_;
    const Entry* entries = index.entries_.data();
    any_ = {entries, entries + groups.front().end};
    const auto group = std::lower_bound(groups.begin() + 1, groups.end(), target.service,
                                        [](const Group& a, std::uint64_t service) { return a.service < service; });
    if (group == groups.end() || group->service != target.service) return;
    service_ = {entries + std::prev(group)->end, entries + group->end};
}

/// Whether nothing but the statement itself can tell that it does not apply, its action left aside.
inline bool Index::Walk::may_apply(std::uint32_t statement, Wanted wanted) const {
    const Brief* brief = &index_.briefs_[statement + std::size_t{1}];
    if (wanted == Wanted::denials && brief->denies == 0) return false;
    const Filter* filter = index_.resources_.data() + (brief - 1)->filters_end;
    const Filter* const end = index_.resources_.data() + brief->filters_end;
    if (filter == end) return true;
    while (filter != end && !filter->passes(target_.resource)) ++filter;
    return filter != end;
}

/// Moves the range to its next candidate, unless it is there or there is none.
inline void Index::Walk::find(Range& range, Wanted wanted) const {
    if (range.found) return;
    while (range.at != range.end) {
        if (!range.at->action.passes(target_.action)) {
            ++range.at;
            continue;
        }
        const std::uint32_t statement = range.at->statement;
        if (may_apply(statement, wanted)) {
            range.found = true;
            return;
        }
        while (range.at != range.end && range.at->statement == statement) ++range.at;
    }
}

std::optional<std::size_t> Index::Walk::next(Wanted wanted) {
    if (wanted == Wanted::denials && !index_.denies_) return std::nullopt;
    find(any_, wanted);
    find(service_, wanted);
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
