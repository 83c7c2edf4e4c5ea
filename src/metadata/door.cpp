#include "metadata/door.hpp"

#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::metadata {

void answer_text(http::Response& response, int status, std::string text) {
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::move(text);
}

void answer(const http::Request& request, Seconds now, Metadata& metadata, Accounts& accounts,
            http::Response& response) {
    const std::optional<std::string> path =
        percent_decode(request.target.substr(0, request.target.find('?')), PlusIs::plus);
    if (!path || !is_utf8(*path)) return answer_text(response, 400, "400 - Bad Request\n");
    const std::shared_ptr<const Machine> machine = metadata.machine();
    const Visit visit{request, now, metadata, *machine, accounts, response};
    if (!answer_container(visit, *path)) answer_instance(visit, *path);
}

}  // namespace iamlocal::metadata
