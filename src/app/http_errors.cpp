#include "app/http_errors.hpp"

namespace iamlocal::app {

ApiError undecodable_content(http::ContentError error) {
    switch (error) {
        case http::ContentError::unknown_coding:
            return {error_type::unsupported_media_type, "Content-Encoding must be gzip or identity."};
        case http::ContentError::corrupt:
            // The text is from the description of MalformedHttpRequestException in "Common Error Types".
            return {error_type::malformed_http,
                    "Problems with the request at the HTTP level: can't decompress the body according to the "
                    "decompression algorithm specified by the content-encoding."};
        case http::ContentError::too_large:
            return {error_type::request_entity_too_large, "The decoded body of the request is too large."};
    }
    return internal_failure();
}

ApiError fault_error(http::Fault fault) {
    switch (fault) {
        case http::Fault::body_too_large:
            return {error_type::request_entity_too_large, "The request body must not be larger than 1048576 bytes."};
        case http::Fault::headers_too_large:
            return {error_type::request_header_too_large, "The request's headers are too large."};
        case http::Fault::timeout:
            return {error_type::request_timeout, "The request did not arrive in time."};
        case http::Fault::overloaded:
            return service_unavailable();
        case http::Fault::malformed:
            break;
    }
    return {error_type::malformed_http, "The request is not well-formed HTTP/1.1."};
}

}  // namespace iamlocal::app
