using System.Text.Json;
using Patchbay.Authorizing;

// Serves until it is asked to end, or its input ends, which happens when the test that started it is gone. The one argument is a JSON file with
// AuthorizationServerOptions, names in camelCase.
var text = args.Length > 0 ? await File.ReadAllTextAsync(args[0]) : """{ "control": true }""";
var options = JsonSerializer.Deserialize<AuthorizationServerOptions>(text, JsonSerializerOptions.Web)!;
await using var server = await AuthorizationServer.StartAsync(options);
Console.WriteLine($"The authorization server is ready at {server.Url}");
await Task.WhenAny(server.WaitForShutdownAsync(), Console.In.ReadToEndAsync());
