#include "db/change.hpp"

#include <algorithm>

namespace iamlocal::db {

Change::Statement::Statement(Sql sql, std::span<const Value> values) : sql_(sql) {
    values_.reserve(values.size());
    for (const Value& value : values) values_.push_back({value.kind(), value.number(), std::string(value.bytes())});
}

std::vector<Value> Change::Statement::values() const {
    std::vector<Value> values;
    values.reserve(values_.size());
    for (const Kept& kept : values_) {
        switch (kept.kind) {
            case Value::Kind::null:
                values.emplace_back(nullptr);
                break;
            case Value::Kind::integer:
                values.emplace_back(kept.number);
                break;
            case Value::Kind::text:
                values.emplace_back(kept.bytes);
                break;
            case Value::Kind::blob:
                values.emplace_back(Blob{kept.bytes});
                break;
        }
    }
    return values;
}

std::size_t Change::Statement::bytes() const {
    std::size_t bytes = sizeof(Statement) + values_.size() * sizeof(Kept);
    for (const Kept& kept : values_) bytes += kept.bytes.size();
    return bytes;
}

void Change::add(Sql sql, std::span<const Value> values) { bytes_ += statements_.emplace_back(sql, values).bytes(); }

void Change::note(const AccountId& account) {
    if (is_of(account)) return;
    accounts_.push_back(account);
    bytes_ += sizeof(AccountId);
}

void Change::describe(std::string_view action, std::string_view resource) {
    action_ = action;
    resource_ = resource;
    bytes_ += action.size() + resource.size();
}

bool Change::is_of(const AccountId& account) const {
    return std::find(accounts_.begin(), accounts_.end(), account) != accounts_.end();
}

}  // namespace iamlocal::db
