#include <cstdio>
#include <filesystem>
#include <latch>
#include <memory>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "running_server.hpp"
#include "slow_answer.hpp"

namespace iamlocal::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

template <auto free>
struct Free {
    template <class T>
    void operator()(T* thing) const {
        free(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using File = std::unique_ptr<std::FILE, Free<std::fclose>>;

/// A self-signed certificate and its key in files of their own directory.
class TlsFiles {
  public:
    TlsFiles() {
        char name[] = "/tmp/iamlocal_tls_XXXXXX";
        directory_ = ::mkdtemp(name);
        const Key key(EVP_EC_gen("P-256"));
        const Certificate cert(X509_new());
        ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(cert.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
        X509_set_pubkey(cert.get(), key.get());
        X509_NAME* const subject = X509_get_subject_name(cert.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1,
                                   -1, 0);
        X509_set_issuer_name(cert.get(), subject);
        X509_sign(cert.get(), key.get(), EVP_sha256());
        PEM_write_X509(open("cert.pem").get(), cert.get());
        PEM_write_PrivateKey(open("key.pem").get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        const Key other(EVP_EC_gen("P-256"));
        PEM_write_PrivateKey(open("other.pem").get(), other.get(), nullptr, nullptr, 0, nullptr, nullptr);
        PEM_write_PrivateKey(open("locked.pem").get(), key.get(), EVP_aes_128_cbc(), nullptr, 0, nullptr,
                             const_cast<char*>("secret"));
        std::fputs("no certificate", open("garbage.pem").get());
    }
    ~TlsFiles() { std::filesystem::remove_all(directory_); }

    std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
    Options options(Limits limits = {}, std::string_view cert = "cert.pem", std::string_view key = "key.pem") const {
        Options options = on_free_port(limits);
        options.tls_cert_file = path(cert);
        options.tls_key_file = path(key);
        return options;
    }

  private:
    File open(std::string_view name) const { return File(std::fopen(path(name).c_str(), "w")); }

    std::string directory_;
};

class TlsClient {
  public:
    explicit TlsClient(const Endpoint& endpoint, int version = 0) : socket_(endpoint) {
        context_.reset(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_security_level(context_.get(), 0);
        if (version != 0) {
            SSL_CTX_set_min_proto_version(context_.get(), version);
            SSL_CTX_set_max_proto_version(context_.get(), version);
        }
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), socket_.fd());
        connected_ = SSL_connect(ssl_.get()) == 1;
    }

    bool connected() const { return connected_; }
    bool send(std::string_view bytes) {
        return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
    }
    /// Everything until the answer's text ends with `end` or the connection does.
    std::string receive(std::string_view end) {
        std::string text;
        char bytes[16384];
        while (!text.ends_with(end)) {
            const int count = SSL_read(ssl_.get(), bytes, sizeof bytes);
            if (count <= 0) break;
            text.append(bytes, static_cast<std::size_t>(count));
        }
        return text;
    }
    /// Whether the server has sent its close_notify and nothing else.
    bool is_closed() {
        char byte;
        const int count = SSL_read(ssl_.get(), &byte, 1);
        return count <= 0 && SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
    }
    void close() { SSL_shutdown(ssl_.get()); }
    /// What the server's certificate signs with: other files, another key.
    std::string server_key() {
        const Certificate certificate(SSL_get1_peer_certificate(ssl_.get()));
        const Key key(X509_get_pubkey(certificate.get()));
        unsigned char* bytes = nullptr;
        const std::size_t size = EVP_PKEY_get1_encoded_public_key(key.get(), &bytes);
        std::string text(reinterpret_cast<const char*>(bytes), size);
        OPENSSL_free(bytes);
        return text;
    }

  private:
    Client socket_;
    std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
    std::unique_ptr<SSL, Free<SSL_free>> ssl_;
    bool connected_ = false;
};

TEST(Tls, AnswersRequests) {
    const TlsFiles files;
    RunningServer running(files.options(), [](const http::Request& request, http::Response& response) {
        response.body += request.secure ? "|tls" : "|plain";
    });
    EXPECT_TRUE(running.server.endpoints()[0].secure);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        SCOPED_TRACE(version);
        TlsClient client(running.server.endpoints()[0], version);
        ASSERT_TRUE(client.connected());
        for (int i = 0; i < 2; ++i) {
            client.send(get("/"));
            EXPECT_THAT(client.receive("|tls"), EndsWith("GET /|Host=h||tls"));
        }
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        EXPECT_THAT(client.receive("|tls"), HasSubstr("Connection: close\r\n"));
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(Tls, AnswersPipelinedAndLargeRequests) {
    const TlsFiles files;
    RunningServer running(files.options());
    TlsClient client(running.server.endpoints()[0]);
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += get("/");
    client.send(requests + get("/last"));
    EXPECT_THAT(client.receive("/last|Host=h|"), StartsWith("HTTP/1.1 200 "));
    EXPECT_EQ(running.record.handled, 101u);
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");
    client.send(std::string(999'999, 'b') + "!");
    EXPECT_GT(client.receive("b!").size(), 1'000'000u);
}

TEST(Tls, SlowAnswersComeInTheirPlacesToo) {
    const TlsFiles files;
    SlowRecord slow;
    RunningServer running(files.options(), {}, defer_slow(slow));
    TlsClient client(running.server.endpoints()[0]);
    client.send(get("/a") + get("/slow") + get("/b"));
    const std::string answers = client.receive("GET /b|Host=h|");
    EXPECT_LT(answers.find("GET /a|"), answers.find("slow GET /slow|Host=h|"));
    EXPECT_LT(answers.find("slow GET /slow|Host=h|"), answers.find("GET /b|Host=h|"));
}

TEST(Tls, WorkThatTakesTooLongEndsTheConnection) {
    const TlsFiles files;
    SlowRecord slow;
    std::latch go_on(1);
    Limits limits;
    limits.work_timeout = std::chrono::milliseconds(20);
    RunningServer running(files.options(limits), {}, defer_slow(slow, [&] { go_on.wait(); }));
    TlsClient client(running.server.endpoints()[0]);
    client.send(get("/slow"));
    EXPECT_EQ(client.receive("never"), "");
    go_on.count_down();
    running.server.stop();
    EXPECT_EQ(slow.finished, 1u);
}

TEST(Tls, RefusesWithAnAnswerThatArrives) {
    const TlsFiles files;
    RunningServer running(files.options());
    TlsClient client(running.server.endpoints()[0]);
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4194304\r\n\r\n");
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(client.send(std::string(1 << 20, 'b')));
    EXPECT_THAT(client.receive("refused"), StartsWith("HTTP/1.1 413 "));
    client.close();
}

TEST(Tls, FilesAreReadAnewForNewConnections) {
    const TlsFiles files;
    RunningServer running(files.options());
    TlsClient before(running.server.endpoints()[0]);
    const std::string first = before.server_key();
    const TlsFiles others;
    for (const char* const name : {"cert.pem", "key.pem"})
        std::filesystem::copy_file(others.path(name), files.path(name),
                                   std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(TlsClient(running.server.endpoints()[0]).server_key(), first);
    running.server.reload_tls();
    TlsClient after(running.server.endpoints()[0]);
    EXPECT_NE(after.server_key(), first);
    for (TlsClient* const client : {&before, &after}) {
        client->send(get("/"));
        EXPECT_THAT(client->receive("Host=h|"), StartsWith("HTTP/1.1 200 "));
    }
}

TEST(Tls, FilesThatCannotBeUsedChangeNothing) {
    const TlsFiles files;
    RunningServer running(files.options());
    const std::string first = TlsClient(running.server.endpoints()[0]).server_key();
    std::filesystem::copy_file(files.path("other.pem"), files.path("key.pem"),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_THROW(running.server.reload_tls(), std::runtime_error);
    std::filesystem::remove(files.path("cert.pem"));
    EXPECT_THROW(running.server.reload_tls(), std::runtime_error);
    EXPECT_EQ(TlsClient(running.server.endpoints()[0]).server_key(), first);
}

TEST(Tls, WithoutTlsThereIsNothingToReadAnew) {
    RunningServer running(on_free_port());
    running.server.reload_tls();
    EXPECT_FALSE(running.server.endpoints()[0].secure);
}

TEST(Tls, RefusesOldVersions) {
    const TlsFiles files;
    RunningServer running(files.options());
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        EXPECT_FALSE(TlsClient(running.server.endpoints()[0], version).connected());
    }
}

TEST(Tls, HandshakesHaveADeadlineAndHoldNothingUp) {
    const TlsFiles files;
    Limits limits;
    limits.read_timeout = 300ms;
    RunningServer running(files.options(limits));
    auto silent = running.connect();
    auto plain = running.connect();
    plain.send(get("/"));
    TlsClient client(running.server.endpoints()[0]);
    EXPECT_TRUE(client.connected());
    client.send(get("/"));
    EXPECT_THAT(client.receive("|Host=h|"), EndsWith("GET /|Host=h|"));
    EXPECT_TRUE(silent.is_closed());
    bool orderly = false;
    EXPECT_THAT(plain.receive_all(&orderly), testing::Not(StartsWith("HTTP")));
}

TEST(Tls, SlowRequestsAreAnsweredTooLate) {
    const TlsFiles files;
    Limits limits;
    limits.read_timeout = 300ms;
    RunningServer running(files.options(limits));
    TlsClient client(running.server.endpoints()[0]);
    client.send("GET /");
    EXPECT_THAT(client.receive("refused"), StartsWith("HTTP/1.1 408 "));
}

TEST(Tls, StopsWithIdleConnections) {
    const TlsFiles files;
    RunningServer running(files.options());
    TlsClient client(running.server.endpoints()[0]);
    client.send(get("/"));
    client.receive("|Host=h|");
    const auto began = std::chrono::steady_clock::now();
    running.server.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, Limits().drain_timeout);
}

TEST(Tls, SaysWhichFileIsNotUsable) {
    const TlsFiles files;
    const auto reason = [](Options options) {
        try {
            RunningServer running(std::move(options));
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string("(it started)");
    };
    Options half = files.options();
    half.tls_key_file.clear();
    EXPECT_EQ(reason(half), "TLS needs both a certificate and a key.");
    EXPECT_EQ(reason(files.options({}, "none.pem")),
              "Cannot read the TLS certificate " + files.path("none.pem") + ": No such file or directory.");
    EXPECT_EQ(reason(files.options({}, "cert.pem", "none.pem")),
              "Cannot read the TLS key " + files.path("none.pem") + ": No such file or directory.");
    EXPECT_THAT(reason(files.options({}, "garbage.pem")),
                StartsWith(files.path("garbage.pem") + " holds no usable PEM certificate chain: "));
    for (const std::string_view key : {"garbage.pem", "other.pem", "locked.pem"}) {
        EXPECT_THAT(reason(files.options({}, "cert.pem", key)),
                    StartsWith(files.path(key) + " holds no usable PEM private key without passphrase"));
    }
}

}  // namespace
}  // namespace iamlocal::http
