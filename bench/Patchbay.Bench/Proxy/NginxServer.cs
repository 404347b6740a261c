using System.Globalization;

namespace Patchbay.Bench.Proxy;

/// <summary>nginx on loopback, with one worker and a folder of its own.</summary>
internal sealed class NginxServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly DirectoryInfo _folder;

    private NginxServer(ChildProcess process, DirectoryInfo folder)
    {
        _process = process;
        _folder = folder;
    }

    public string Url => _process.Url;

    public TimeSpan ProcessorTime => _process.ProcessorTime;

    public static bool IsInstalled => Tool.Find("nginx") is not null;

    /// <summary>Answers every request with the same small document.</summary>
    public static Task<NginxServer> StartUpstreamAsync() => StartAsync("", $$"""
        location / { default_type application/json; return 200 '{{SmallUpstream.Body}}'; }
        """);

    /// <summary>Sends every request on with one header added: what a gateway with a fixed credential would be.</summary>
    public static Task<NginxServer> StartProxyAsync(string upstream) => StartAsync(
        $"upstream api {{ server {new Uri(upstream).Authority}; keepalive 512; keepalive_requests 1000000; }}", """
        location / {
            proxy_pass http://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "";
            proxy_set_header X-Api-Key "not-a-secret";
        }
        """);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<NginxServer> StartAsync(string http, string server)
    {
        var folder = Directory.CreateTempSubdirectory("patchbay-bench-nginx-");
        var port = ChildProcess.FreePort();
        var configuration = Path.Combine(folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            master_process off;
            pid {{folder.FullName}}/nginx.pid;
            error_log stderr error;
            events { worker_connections 4096; }
            http {
                access_log off;
                keepalive_requests 100000000;
                client_body_temp_path {{folder.FullName}}/body;
                proxy_temp_path {{folder.FullName}}/proxy;
                fastcgi_temp_path {{folder.FullName}}/fastcgi;
                uwsgi_temp_path {{folder.FullName}}/uwsgi;
                scgi_temp_path {{folder.FullName}}/scgi;
                {{http}}
                server {
                    listen 127.0.0.1:{{port}};
                    {{server}}
                }
            }
            """));
        var process = await ChildProcess.StartAsync(Tool.Find("nginx")!, port, "-p", folder.FullName, "-c", configuration, "-e", "stderr");
        return new NginxServer(process, folder);
    }
}
