// A server of EchoHandlers on a free port of 127.0.0.1.
#pragma once

#include <gtest/gtest.h>

#include "client.hpp"
#include "echo_handler.hpp"
#include "http/server.hpp"

namespace iamlocal::http {

inline Options on_free_port(Limits limits = {}) {
    Options options;
    options.listen = {{"127.0.0.1", 0}};
    options.limits = limits;
    return options;
}

struct RunningServer {
    explicit RunningServer(Options options = on_free_port(),
                           std::function<void(const http::Request&, http::Response&)> also = {},
                           std::function<std::unique_ptr<http::Deferred>(const http::Request&)> defer = {})
        : server(std::move(options), [this](unsigned, Purpose) { return std::make_unique<EchoHandler>(record); }) {
        record.also = std::move(also);
        record.defer = std::move(defer);
        server.start();
    }
    Client connect(std::size_t listen = 0) const { return Client(server.endpoints().at(listen)); }

    EchoRecord record;
    Server server;
};

}  // namespace iamlocal::http
