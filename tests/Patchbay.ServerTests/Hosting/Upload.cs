using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Patchbay.ServerTests.Hosting;

/// <summary>Multipart bodies of imports.</summary>
public static class Upload
{
    /// <summary>A file with its metadata as a text field.</summary>
    public static MultipartFormDataContent Of(string description, object? metadata = null, string fileName = "api.json")
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(description)), "file", fileName } };
        form.Add(new StringContent(JsonSerializer.Serialize(metadata ?? new { format = "openapi" })), "metadata");
        return form;
    }

    /// <summary>An archive of a version.</summary>
    public static MultipartFormDataContent Archive(byte[] archive, object? metadata = null) => new()
    {
        { new ByteArrayContent(archive), "file", "connector.zip" },
        { new StringContent(JsonSerializer.Serialize(metadata ?? new { format = "archive" })), "metadata" },
    };

    /// <summary>A file with its metadata as a JSON part, as generated clients send it.</summary>
    public static MultipartFormDataContent WithJsonPart(string description, object metadata, string fileName = "api.json")
    {
        var part = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(metadata));
        part.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new MultipartFormDataContent
        {
            { new ByteArrayContent(Encoding.UTF8.GetBytes(description)), "file", fileName },
            { part, "metadata", "metadata.json" },
        };
    }
}
