#:sdk Microsoft.NET.Sdk.Web
// Stands in for an API: answers every request with what arrived. Needs nothing but the .NET SDK:
//   dotnet run examples/echo.cs -- --urls http://127.0.0.1:8081
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
app.Run(async context =>
{
    var request = context.Request;
    using var body = new StreamReader(request.Body);
    await context.Response.WriteAsync($"{request.Method} {request.Path}{request.QueryString}\n");
    foreach (var (name, value) in request.Headers)
        await context.Response.WriteAsync($"{name}: {value}\n");
    await context.Response.WriteAsync($"\n{await body.ReadToEndAsync()}");
});
app.Run();
