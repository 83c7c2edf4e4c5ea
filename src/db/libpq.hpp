// The functions of libpq that we use, loaded when the first PostgreSQL database is opened: libpq brings twenty further
// libraries (Kerberos, LDAP, …), which would cost every start of the program ten milliseconds and three megabytes.
// The standalone program has them linked in (libpq_linked.cpp). Members are called as in libpq's manual, without PQ.
// Inside this folder only.
#pragma once

#include <libpq-fe.h>

namespace iamlocal::db {

struct Libpq {
    /// Throws CannotOpen when the library is not installed.
    static const Libpq& get();

    decltype(&PQclear) clear;
    decltype(&PQcmdStatus) cmdStatus;
    decltype(&PQcmdTuples) cmdTuples;
    decltype(&PQconnectdbParams) connectdbParams;
    decltype(&PQconninfoFree) conninfoFree;
    decltype(&PQconninfoParse) conninfoParse;
    decltype(&PQconsumeInput) consumeInput;
    decltype(&PQerrorMessage) errorMessage;
    decltype(&PQfinish) finish;
    decltype(&PQflush) flush;
    decltype(&PQgetResult) getResult;
    decltype(&PQgetisnull) getisnull;
    decltype(&PQgetlength) getlength;
    decltype(&PQgetvalue) getvalue;
    decltype(&PQisBusy) isBusy;
    decltype(&PQntuples) ntuples;
    decltype(&PQresultErrorField) resultErrorField;
    decltype(&PQresultErrorMessage) resultErrorMessage;
    decltype(&PQresultStatus) resultStatus;
    decltype(&PQsendPrepare) sendPrepare;
    decltype(&PQsendQuery) sendQuery;
    decltype(&PQsendQueryPrepared) sendQueryPrepared;
    decltype(&PQsetNoticeProcessor) setNoticeProcessor;
    decltype(&PQsetnonblocking) setnonblocking;
    decltype(&PQsocket) socket;
    decltype(&PQstatus) status;
    decltype(&PQtransactionStatus) transactionStatus;
};

}  // namespace iamlocal::db
