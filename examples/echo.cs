#:sdk Microsoft.NET.Sdk.Web
// Stands in for an API: answers every request with what arrived, and writes it to its output. Needs nothing but the .NET SDK:
//   dotnet run examples/echo.cs -- --urls http://127.0.0.1:8081
using System.Text;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();
app.Run(async context =>
{
    var request = context.Request;
    using var body = new StreamReader(request.Body);
    var arrived = new StringBuilder($"{request.Method} {request.Path}{request.QueryString}\n");
    foreach (var (name, value) in request.Headers)
        arrived.Append($"{name}: {value}\n");
    arrived.Append($"\n{await body.ReadToEndAsync()}");
    Console.WriteLine(arrived);
    await context.Response.WriteAsync(arrived.ToString());
});
app.Run();
