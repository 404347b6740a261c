namespace Patchbay.UnitTests.Importing.Accounting;

/// <summary>Descriptions that use everything that their version of the specification has.</summary>
internal static class SampleDescriptions
{
    public const string Swagger20 = """
        swagger: '2.0'
        info: {title: T, version: '1', x-info: 1, termsOfService: 'https://a.example/terms', contact: {name: n, x-contact: 1}, license: {name: MIT, x-license: 1}}
        host: a.example
        basePath: /v1
        schemes: [https, http]
        consumes: [application/json, text/xml]
        produces: [application/json]
        externalDocs: {url: 'https://docs.example', description: d, x-docs: 1}
        tags: [{name: t, description: d, externalDocs: {url: 'https://docs.example/t', x-tag-docs: 1}, x-tag: 1}]
        security: [{key: []}]
        x-root: {a: 1}
        paths:
          x-paths: 1
          /things/{id}:
            x-path: 1
            parameters:
              - {name: id, in: path, required: true, type: integer, format: int64, x-parameter: 1}
              - {$ref: '#/parameters/Page'}
            get:
              operationId: getThing
              tags: [t]
              summary: s
              description: d
              deprecated: true
              security: [{}, {oauth: [read]}]
              externalDocs: {url: 'https://docs.example/o'}
              x-operation: 1
              schemes: [https]
              produces: [application/json, text/xml]
              parameters:
                - {name: list, in: query, type: array, items: {type: string, enum: [a, b]}, collectionFormat: multi, default: [a], allowEmptyValue: true, uniqueItems: true}
                - {name: tabs, in: query, type: array, items: {type: integer}, collectionFormat: tsv}
                - {name: pipes, in: query, type: array, items: {type: array, items: {type: string}, collectionFormat: ssv}, collectionFormat: pipes}
                - {name: X-Head, in: header, type: string, maxLength: 3, x-nullable: true}
              responses:
                x-responses: 1
                200:
                  description: d
                  schema: {$ref: '#/definitions/Thing'}
                  headers: {X-Rate: {type: integer, description: d, x-header: 1}}
                  examples: {application/json: {id: 1}, text/plain: a}
                  x-response: 1
                404: {$ref: '#/responses/Missing'}
                default: {description: d, schema: {type: file}}
            post:
              parameters:
                - {name: body, in: body, required: true, description: d, schema: {type: object, properties: {a: {$ref: '#/definitions/Thing'}}}, x-body: 1}
              responses: {204: {description: d}}
            put:
              consumes: [multipart/form-data]
              parameters:
                - {name: file, in: formData, type: file, required: true, description: d, x-field: 1}
                - {name: names, in: formData, type: array, items: {type: string}, collectionFormat: multi}
              responses: {200: {description: d}}
            delete:
              consumes: [application/json]
              produces: [text/plain]
              responses: {204: {description: d}}
          /hooks:
            x-ms-notification-content: {description: d, schema: {$ref: '#/definitions/Thing'}}
            post:
              operationId: subscribe
              x-ms-trigger: single
              parameters: [{name: hook, in: body, schema: {type: object, properties: {url: {type: string, x-ms-notification-url: true}}}}]
              responses: {201: {description: d}}
        parameters:
          Page: {name: page, in: query, type: integer, minimum: 1}
        responses:
          Missing: {description: d, schema: {$ref: '#/definitions/Error'}}
        definitions:
          Thing: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}, self: {$ref: '#/definitions/Thing'}}, xml: {name: thing}, externalDocs: {url: 'https://docs.example/s'}, x-schema: 1}
          Special: {allOf: [{$ref: '#/definitions/Thing'}, {properties: {more: {type: number, exclusiveMinimum: true, minimum: 1}}}]}
          Error: {type: object, example: {code: 1}}
        securityDefinitions:
          basic: {type: basic, description: d}
          key: {type: apiKey, in: header, name: X-Key, x-scheme: 1}
          oauth: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a.example/auth', tokenUrl: 'https://a.example/token', scopes: {read: d, x-scope: 1}}
        """;

    public const string OpenApi30 = """
        openapi: 3.0.4
        info: {title: T, version: '1', x-info: 1}
        servers:
          - {url: 'https://{region}.a.example/{base}', description: d, variables: {region: {enum: [eu, us], default: eu, description: d, x-variable: 1}, base: {default: v1}}, x-server: 1}
          - {url: 'https://other.example', x-other: 1}
        tags: [{name: t, externalDocs: {url: 'https://docs.example/t'}}]
        externalDocs: {url: 'https://docs.example'}
        security: [{bearer: []}, {}]
        x-root: 1
        paths:
          x-paths: 1
          /things/{id}/{list}:
            summary: s
            servers: [{url: 'https://{region}.a.example/{base}/deeper', variables: {region: {default: eu}, base: {default: v1}}}]
            parameters: [{$ref: '#/components/parameters/Id'}, {name: list, in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: string}}}]
            get:
              operationId: getThing
              security: [{oauth: [read, write]}]
              parameters:
                - {name: deep, in: query, style: deepObject, explode: true, allowReserved: true, schema: {type: object, properties: {a: {type: string}}}, example: {a: b}}
                - {name: filter, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}, example: {id: 1}, x-media: 1}}}
                - {name: session, in: cookie, schema: {type: string}, deprecated: true, allowEmptyValue: true}
                - {name: X-Head, in: header, schema: {type: array, items: {type: integer}}, examples: {one: {$ref: '#/components/examples/One'}, two: {value: [1], summary: s, x-example: 1}}}
                - {name: Accept, in: header, schema: {type: string}}
              responses:
                x-responses: 1
                200:
                  description: d
                  headers: {X-Rate: {$ref: '#/components/headers/Rate'}, x-small: {schema: {type: string}}}
                  content:
                    application/json: {schema: {$ref: '#/components/schemas/Thing'}, examples: {one: {$ref: '#/components/examples/One'}, far: {externalValue: 'https://a.example/e.json'}}, x-media: 1}
                    text/csv: {}
                  links: {next: {operationId: getThing, parameters: {id: $response.body#/next}, server: {url: 'https://a.example'}, x-link: 1}, shared: {$ref: '#/components/links/Shared'}}
                  x-response: 1
                4XX: {$ref: '#/components/responses/Failed'}
              callbacks:
                onEvent:
                  x-callback: 1
                  '{$request.query.url}':
                    post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Event'}}}}, responses: {200: {description: d}}}
                shared: {$ref: '#/components/callbacks/Shared'}
            put:
              servers: [{url: 'https://other.example'}]
              requestBody:
                required: true
                x-request: 1
                content:
                  multipart/form-data:
                    schema: {type: object, properties: {file: {type: string, format: binary}, meta: {$ref: '#/components/schemas/Thing'}}}
                    encoding:
                      file: {contentType: 'image/png', headers: {X-Part: {schema: {$ref: '#/components/schemas/Id'}}, X-Shared: {$ref: '#/components/headers/Rate'}}, x-encoding: 1}
                      meta: {style: form, explode: true, allowReserved: true}
              responses: {default: {description: d}}
        components:
          x-components: 1
          schemas:
            Id: {type: integer, format: int64}
            Thing:
              type: object
              properties:
                id: {allOf: [{$ref: '#/components/schemas/Id'}], readOnly: true, nullable: true}
                secret: {type: string, writeOnly: true, deprecated: true, xml: {attribute: true}}
            Event:
              oneOf: [{$ref: '#/components/schemas/Thing'}, {$ref: '#/components/schemas/Other'}]
              discriminator: {propertyName: kind, mapping: {thing: '#/components/schemas/Thing', other: Other}}
            Other: {not: {type: string}, anyOf: [{type: object}], additionalProperties: {type: string}, x-schema: 1}
          responses:
            Failed: {description: d, content: {application/json: {schema: {type: object}}}}
            Unused: {description: d}
          parameters:
            Id: {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/Id'}, x-parameter: 1}
          examples: {One: {value: {id: 1}}, Unused: {value: 1}}
          requestBodies: {Unused: {content: {application/json: {schema: {type: string}}}}}
          headers: {Rate: {schema: {type: integer}, x-header: 1}}
          links: {Shared: {operationRef: '#/paths/~1things/get'}}
          callbacks: {Shared: {'https://{$request.body#/host}': {put: {operationId: shared, responses: {200: {description: d}}}}}}
          securitySchemes:
            bearer: {type: http, scheme: bearer, bearerFormat: JWT, x-scheme: 1}
            oauth:
              type: oauth2
              flows:
                x-flows: 1
                authorizationCode: {authorizationUrl: 'https://a.example/auth', tokenUrl: 'https://a.example/token', refreshUrl: 'https://a.example/refresh', scopes: {read: d, write: d, x-scope: 1}, x-flow: 1}
                implicit: {authorizationUrl: 'https://a.example/auth', scopes: {read: d}}
            oidc: {type: openIdConnect, openIdConnectUrl: 'https://a.example/.well-known/openid-configuration'}
        """;

    public const string OpenApi31 = """
        openapi: 3.1.1
        jsonSchemaDialect: https://spec.openapis.org/oas/3.1/dialect/base
        info: {title: T, summary: s, version: '1', license: {name: MIT, identifier: MIT, x-license: 1}}
        servers: [{url: 'https://a.example'}]
        webhooks:
          x-webhooks: 1
          created:
            x-item: 1
            parameters: [{name: X-Signature, in: header, required: true, schema: {type: string}}]
            post:
              x-operation: 1
              requestBody: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}}
              responses: {200: {description: d}}
        paths:
          /a: {$ref: '#/components/pathItems/Shared'}
          /b:
            get:
              requestBody: {$ref: '#/components/requestBodies/Body', description: own}
              responses:
                200: {$ref: '#/components/responses/Ok', description: own}
        components:
          pathItems:
            Shared:
              get: {operationId: shared, parameters: [{$ref: '#/components/parameters/P', description: own}], responses: {200: {description: d}}}
          parameters: {P: {name: p, in: query, schema: {type: [string, 'null'], examples: [a, b]}}}
          requestBodies: {Body: {content: {application/octet-stream: {}}}}
          responses: {Ok: {description: d, content: {application/json: {schema: {type: array, prefixItems: [{type: string}], items: false, unevaluatedItems: false}}}}}
          schemas:
            Tree:
              $id: https://a.example/tree
              $dynamicAnchor: node
              type: object
              properties: {children: {type: array, items: {$dynamicRef: '#node'}}, part: {$ref: '#part'}, with: {$ref: '#/$defs/part', minLength: 1}}
              $defs: {part: {$anchor: part, type: string, contentEncoding: base64, contentMediaType: image/png}}
              patternProperties: {'^x': {const: 1}}
              dependentSchemas: {a: {required: [b]}}
              if: {required: [c]}
              then: {required: [d]}
              else: {not: {required: [d]}}
            Anything: true
          securitySchemes: {mtls: {type: mutualTLS}, basic: {type: http, scheme: basic}}
        """;

    public const string OpenApi32 = """
        openapi: 3.2.0
        $self: https://a.example/specs/openapi.yaml
        info: {title: T, version: '1'}
        servers: [{url: '../v1', name: main, description: d}]
        tags:
          - {name: t, summary: s, kind: nav}
          - {name: u, summary: s, parent: t, kind: badge}
        paths:
          /search:
            query:
              operationId: search
              requestBody: {content: {application/json: {schema: {type: object}}}}
              responses:
                200:
                  summary: s
                  content:
                    application/jsonl: {itemSchema: {$ref: 'https://a.example/specs/openapi.yaml#/components/schemas/Event'}}
                    text/event-stream: {$ref: '#/components/mediaTypes/Events'}
                    multipart/mixed:
                      itemSchema: {type: object}
                      prefixEncoding: [{contentType: application/json, headers: {X-Part: {schema: {type: string}}}}]
                      itemEncoding: {contentType: image/png, encoding: {inner: {contentType: text/plain, x-inner: 1}}}
            additionalOperations:
              CONNECT: {operationId: tunnel, responses: {200: {description: d}}}
              LINK: {operationId: link, responses: {200: {description: d}}}
            get:
              operationId: list
              parameters:
                - {name: all, in: querystring, content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {a: {type: string}, b: {type: array, items: {type: string}}}}, example: {a: x}}}}
              responses: {200: {description: d}}
            delete:
              operationId: remove
              parameters: [{name: all, in: querystring, content: {application/jsonpath: {schema: {type: string}}}}]
              responses: {204: {summary: gone}}
            put:
              operationId: store
              parameters: [{name: c, in: cookie, style: cookie, allowReserved: true, schema: {type: array, items: {type: string}}}]
              requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}, examples: {e: {dataValue: {kind: cat}, serializedValue: '{"kind":"cat"}'}}}}}
              security: [{'https://a.example/specs/openapi.yaml#/components/securitySchemes/device': []}]
              responses: {200: {description: d}}
        components:
          mediaTypes:
            Events: {itemSchema: {$ref: '#/components/schemas/Event'}, x-media: 1}
            Unused: {schema: {type: string}}
          schemas:
            Event: {type: object, properties: {data: {type: string, contentMediaType: application/json, contentSchema: {type: object}}}}
            Pet:
              anyOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/OtherPet'}]
              discriminator: {propertyName: kind, mapping: {cat: Cat}, defaultMapping: OtherPet}
            Cat: {type: object, xml: {nodeType: element}}
            OtherPet: {type: object, properties: {kind: {type: string, xml: {nodeType: attribute}}}}
          securitySchemes:
            device:
              type: oauth2
              deprecated: true
              oauth2MetadataUrl: https://a.example/.well-known/oauth-authorization-server
              flows:
                deviceAuthorization: {deviceAuthorizationUrl: 'https://a.example/device', tokenUrl: 'https://a.example/token', scopes: {}}
                clientCredentials: {tokenUrl: /token, scopes: {}}
        """;

    public static string ByName(string name) => name switch
    {
        nameof(Swagger20) => Swagger20,
        nameof(OpenApi30) => OpenApi30,
        nameof(OpenApi31) => OpenApi31,
        nameof(OpenApi32) => OpenApi32,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such description"),
    };
}
