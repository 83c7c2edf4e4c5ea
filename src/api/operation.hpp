// An operation of the API as one row of a table: `operation<handler, target>(name)`. The template runs read, validate,
// authorize, handle and write in this order, so no operation can leave authorization out.
#pragma once

#include <span>
#include <type_traits>

#include "access/authorize.hpp"
#include "api/context.hpp"
#include "db/transaction.hpp"
#include "protocol/answer_writer.hpp"
#include "protocol/fields.hpp"
#include "protocol/input_reader.hpp"
#include "protocol/query.hpp"

namespace iamlocal::api {

struct Operation {
    const char* name;    ///< AWS's, for example "CreateUser"
    const char* action;  ///< "iam:CreateUser"
    db::Access access;
    bool has_result;  ///< whether answers have a result element
    void (*run)(const Operation& op, Context& ctx, const protocol::Parameters& parameters, protocol::ShowValues show,
                protocol::AnswerWriter& out);
    void (*describe)(protocol::Fields& fields);
};

/// The input of operations that have none.
struct NoInput {
    void describe(protocol::Fields&) {}
};

namespace detail {

template <class Handler>
struct HandlerTraits;
template <class Out, class In>
struct HandlerTraits<Out (*)(Context&, const In&)> {
    using Output = Out;
    using Input = In;
};

template <auto handler, auto target>
void run(const Operation& op, Context& ctx, const protocol::Parameters& parameters, protocol::ShowValues show,
         protocol::AnswerWriter& out) {
    using Traits = HandlerTraits<decltype(handler)>;
    typename Traits::Input in;
    protocol::InputReader reader(parameters, show);
    in.describe(reader);
    reader.finish();
    access::authorize(ctx, op.action, target(ctx, in));
    if constexpr (std::is_void_v<typename Traits::Output>)
        handler(ctx, in);
    else
        write(out, handler(ctx, in));
}

template <auto handler>
void describe(protocol::Fields& fields) {
    typename HandlerTraits<decltype(handler)>::Input in;
    in.describe(fields);
}

}  // namespace detail

/// A row. `action` is the permission, "iam:CreateUser"; the name is what follows the colon. `handler` is `Output
/// f(Context&, const Input&)`, whose Input has `describe(protocol::Fields&)` and whose Output has `write(AnswerWriter&,
/// const Output&)`; `target` is `Target f(Context&, const Input&)`.
template <auto handler, auto target>
constexpr Operation operation(const char* action, db::Access access) {
    using Traits = detail::HandlerTraits<decltype(handler)>;
    const char* name = action;
    while (*name != ':') ++name;
    return {name + 1,
            action,
            access,
            !std::is_void_v<typename Traits::Output>,
            &detail::run<handler, target>,
            &detail::describe<handler>};
}

inline constexpr db::Access reads = db::Access::read;
inline constexpr db::Access writes = db::Access::write;

}  // namespace iamlocal::api
