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

Libpq open() {
    Libpq functions{};
    // Never unloaded: OpenSSL and Kerberos do not like to be.
    void* const library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) fail();
    find(library, "PQclear", functions.clear);
    find(library, "PQcmdStatus", functions.cmdStatus);
    find(library, "PQcmdTuples", functions.cmdTuples);
    find(library, "PQconnectdbParams", functions.connectdbParams);
    find(library, "PQconninfoFree", functions.conninfoFree);
    find(library, "PQconninfoParse", functions.conninfoParse);
    find(library, "PQconsumeInput", functions.consumeInput);
    find(library, "PQerrorMessage", functions.errorMessage);
    find(library, "PQfinish", functions.finish);
    find(library, "PQflush", functions.flush);
    find(library, "PQgetResult", functions.getResult);
    find(library, "PQgetisnull", functions.getisnull);
    find(library, "PQgetlength", functions.getlength);
    find(library, "PQgetvalue", functions.getvalue);
    find(library, "PQisBusy", functions.isBusy);
    find(library, "PQntuples", functions.ntuples);
    find(library, "PQresultErrorField", functions.resultErrorField);
    find(library, "PQresultErrorMessage", functions.resultErrorMessage);
    find(library, "PQresultStatus", functions.resultStatus);
    find(library, "PQsendPrepare", functions.sendPrepare);
    find(library, "PQsendQuery", functions.sendQuery);
    find(library, "PQsendQueryPrepared", functions.sendQueryPrepared);
    find(library, "PQsetNoticeProcessor", functions.setNoticeProcessor);
    find(library, "PQsetnonblocking", functions.setnonblocking);
    find(library, "PQsocket", functions.socket);
    find(library, "PQstatus", functions.status);
    find(library, "PQtransactionStatus", functions.transactionStatus);
    return functions;
}

}  // namespace

const Libpq& Libpq::get() {
    static const Libpq functions = open();
    return functions;
}

}  // namespace iamlocal::db
