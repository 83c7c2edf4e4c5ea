#include "db/libpq.hpp"

#include <dlfcn.h>
#include <string>

#include "db/error.hpp"

namespace iamlocal::db {
namespace {

[[noreturn]] void fail() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps the message per thread
    throw CannotOpen(std::string("PostgreSQL needs the library libpq: ") + ::dlerror() + ".");
}

template <class Function>
void find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    if (function == nullptr) fail();
}

}  // namespace

const Libpq& Libpq::get() {
    static const Libpq functions;
    return functions;
}

Libpq::Libpq() {
    // Never unloaded: OpenSSL and Kerberos do not like to be.
    void* const library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) fail();
    find(library, "PQclear", clear);
    find(library, "PQcmdStatus", cmdStatus);
    find(library, "PQcmdTuples", cmdTuples);
    find(library, "PQconnectdbParams", connectdbParams);
    find(library, "PQconninfoFree", conninfoFree);
    find(library, "PQconninfoParse", conninfoParse);
    find(library, "PQconsumeInput", consumeInput);
    find(library, "PQerrorMessage", errorMessage);
    find(library, "PQfinish", finish);
    find(library, "PQflush", flush);
    find(library, "PQgetResult", getResult);
    find(library, "PQgetisnull", getisnull);
    find(library, "PQgetlength", getlength);
    find(library, "PQgetvalue", getvalue);
    find(library, "PQisBusy", isBusy);
    find(library, "PQntuples", ntuples);
    find(library, "PQresultErrorField", resultErrorField);
    find(library, "PQresultErrorMessage", resultErrorMessage);
    find(library, "PQresultStatus", resultStatus);
    find(library, "PQsendPrepare", sendPrepare);
    find(library, "PQsendQuery", sendQuery);
    find(library, "PQsendQueryPrepared", sendQueryPrepared);
    find(library, "PQsetNoticeProcessor", setNoticeProcessor);
    find(library, "PQsetnonblocking", setnonblocking);
    find(library, "PQsocket", socket);
    find(library, "PQstatus", status);
    find(library, "PQtransactionStatus", transactionStatus);
}

}  // namespace iamlocal::db
