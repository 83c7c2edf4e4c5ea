// DecodeAuthorizationMessage. IAM and STS never encode what they refuse; services beside them do, and hand the text on.
#include "access/authorization_message.hpp"
#include "api/operation.hpp"
#include "sts/errors.hpp"
#include "sts/operations.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;

struct DecodeAuthorizationMessageInput {
    std::string encoded_message;
    void describe(Fields& f) { f.required("EncodedMessage", encoded_message, shape::encoded_message); }
};

struct DecodedMessage {
    std::string json;
};

void write(AnswerWriter& out, const DecodedMessage& message) { out.text("DecodedMessage", message.json); }

DecodedMessage decode_authorization_message(Context& ctx, const DecodeAuthorizationMessageInput& in) {
    auto message = access::open_authorization_message(ctx.env.keyring, ctx.account(), in.encoded_message);
    if (!message) throw ApiError(error_type::invalid_authorization_message, "Message is not valid");
    return {*std::move(message)};
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> authorization_message_operations() {
    static constexpr api::Operation rows[] = {
        operation<decode_authorization_message, api::no_resource<DecodeAuthorizationMessageInput>>(
            "sts:DecodeAuthorizationMessage", reads),
    };
    return rows;
}

}  // namespace iamlocal::sts
