// All paginators and waiters of the AWS SDK for Go, and the first hour of IAM: story URL, the plan of walks.py on
// standard input. test_go.py writes the tables `walkAll` and `waitAll` from the SDK's sources.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

type wish struct {
	Input json.RawMessage
	Make  struct {
		Operation string
		Input     json.RawMessage
	}
}

type walker struct {
	Sizes      []int32
	Parameters map[string]map[string]any
	Waits      map[string]wish

	client     *iam.Client
	seen       []int  // the statuses of answers
	afterFirst func() // happens after the first answer, while a waiter waits
	report     struct {
		Client     string                      `json:"client"`
		Paginators map[string]map[string][]any `json:"paginators"`
		Waiters    map[string][2][]any         `json:"waiters"`
	}
}

func require(err error) {
	if err != nil {
		panic(err)
	}
}

func check(holds bool, what ...any) {
	if !holds {
		panic(fmt.Sprint(what...))
	}
}

func read(input any, into any) {
	text, err := json.Marshal(input)
	require(err)
	require(json.Unmarshal(text, into))
}

// Do is what the SDK sends requests with.
func (w *walker) Do(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultClient.Do(request)
	if err == nil {
		w.seen = append(w.seen, answer.StatusCode)
		if happens := w.afterFirst; happens != nil {
			w.afterFirst = nil
			happens()
		}
	}
	return answer, err
}

func (w *walker) options(id, secret string) iam.Options {
	return iam.Options{Region: "eu-central-1", Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
		EndpointResolver: iam.EndpointResolverFromURL(os.Args[1]), HTTPClient: w, RetryMaxAttempts: 1}
}

// An operation by its name, with an input in JSON.
func (w *walker) call(operation string, input json.RawMessage) {
	method := reflect.ValueOf(w.client).MethodByName(operation)
	argument := reflect.New(method.Type().In(1).Elem())
	require(json.Unmarshal(input, argument.Interface()))
	err := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), argument})[1]
	check(err.IsNil(), operation, err)
}

type paginator[Page any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*iam.Options)) (Page, error)
}

func walk[Input any, Page any](w *walker, operation string, start func(*Input) paginator[Page]) {
	parameters, known := w.Parameters[operation]
	check(known, "the plan has nothing for ", operation)
	sizes := map[string][]any{}
	for _, size := range w.Sizes {
		parameters["MaxItems"] = size
		var input Input
		read(parameters, &input)
		for pages := start(&input); pages.HasMorePages(); {
			page, err := pages.NextPage(context.Background())
			require(err)
			sizes[fmt.Sprint(size)] = append(sizes[fmt.Sprint(size)], page)
		}
	}
	w.report.Paginators[operation] = sizes
}

func waitFor[Input any](w *walker, name, operation string, wait func(*Input, time.Duration) error) {
	wish, known := w.Waits[operation]
	check(known, "the plan has nothing for ", name)
	var input Input
	read(wish.Input, &input)
	attempt := func(limit time.Duration) []any {
		w.seen = nil
		err := wait(&input, limit)
		found := []any{}
		for _, status := range w.seen {
			found = append(found, status)
		}
		if err == nil {
			return append(found, "found")
		}
		check(errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "exceeded max wait time"), err)
		return append(found, "given up")
	}
	never := attempt(time.Second)
	w.afterFirst = func() {
		statuses := w.seen
		w.call(wish.Make.Operation, wish.Make.Input)
		w.seen = statuses
	}
	w.report.Waiters[name] = [2][]any{never, attempt(10 * time.Second)}
}

func (w *walker) story() {
	ctx := context.Background()
	made, err := w.client.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("gopher"), Path: aws.String("/go/"),
		Tags: []types.Tag{{Key: aws.String("a b+c"), Value: aws.String("é/@")}}})
	require(err)
	check(strings.HasSuffix(*made.User.Arn, ":user/go/gopher") && time.Since(*made.User.CreateDate) < time.Hour, *made.User.Arn)
	check(len(made.User.Tags) == 1 && *made.User.Tags[0].Value == "é/@")
	_, err = w.client.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("GOPHER")})
	var exists *types.EntityAlreadyExistsException
	check(errors.As(err, &exists) && exists.ErrorMessage() == "User with name GOPHER already exists.", err)
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":%q},"Action":"sts:AssumeRole"}}`,
		*made.User.Arn)
	role, err := w.client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("burrow"), AssumeRolePolicyDocument: &trust})
	require(err)
	_, err = w.client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("burrow"),
		PolicyArn: aws.String("arn:aws:iam::aws:policy/IAMReadOnlyAccess")})
	require(err)
	key, err := w.client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("gopher")})
	require(err)

	own := w.options(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey)
	_, err = iam.New(own).ListUsers(ctx, &iam.ListUsersInput{})
	var refusal smithy.APIError
	check(errors.As(err, &refusal) && refusal.ErrorCode() == "AccessDenied", err)
	check(strings.HasPrefix(refusal.ErrorMessage(), "User: "+*made.User.Arn+" is not authorized to perform: iam:ListUsers"), err)

	assumer := sts.New(sts.Options{Region: own.Region, Credentials: own.Credentials, HTTPClient: w,
		EndpointResolver: sts.EndpointResolverFromURL(os.Args[1])})
	session := own
	session.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(assumer, *role.Role.Arn,
		func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "digging" }))
	listed, err := iam.New(session).GetUser(ctx, &iam.GetUserInput{UserName: aws.String("gopher")})
	require(err)
	check(*listed.User.UserId == *made.User.UserId)
	identity, err := sts.New(sts.Options{Region: own.Region, Credentials: session.Credentials, HTTPClient: w,
		EndpointResolver: sts.EndpointResolverFromURL(os.Args[1])}).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	require(err)
	check(strings.HasSuffix(*identity.Arn, ":assumed-role/burrow/digging"), *identity.Arn)

	_, err = w.client.DeleteUser(ctx, &iam.DeleteUserInput{UserName: aws.String("gopher")})
	var conflict *types.DeleteConflictException
	check(errors.As(err, &conflict), err)
	_, err = w.client.GetUser(ctx, &iam.GetUserInput{UserName: aws.String("nobody")})
	var missing *types.NoSuchEntityException
	check(errors.As(err, &missing) && missing.ErrorMessage() == "The user with name nobody cannot be found.", err)
}

func main() {
	var w walker
	require(json.NewDecoder(os.Stdin).Decode(&w))
	w.client = iam.New(w.options("test", "test"))
	w.report.Client = "AWS SDK for Go " + aws.SDKVersion
	w.report.Paginators, w.report.Waiters = map[string]map[string][]any{}, map[string][2][]any{}
	walkAll(&w)
	waitAll(&w)
	w.story()
	require(json.NewEncoder(os.Stdout).Encode(w.report))
}
