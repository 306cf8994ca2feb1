// One example of each operation; a test holds them against the schema.
const someId = '00000000-0000-0000-0000-000000000000';

export const examples = [
    {
        title: 'Models',
        query: `query Models {
  models {
    id
    name
    description
  }
}`,
    },
    {
        title: 'One model',
        query: `query OneModel($id: ID!) {
  model(id: $id) {
    name
    contextWindow
    promptPricePerMillion
    completionPricePerMillion
  }
}`,
        variables: { id: 'capibara6-20b' },
    },
    {
        title: 'Ask a question',
        query: `mutation Ask($input: ProcessQueryInput!) {
  processQuery(input: $input) {
    id
    result
    modelUsed
    cached
    routing {
      reasoning
    }
    usage {
      promptTokens
      completionTokens
      costUsd
    }
  }
}`,
        variables: { input: { query: 'How to create a Python function?' } },
    },
    {
        title: 'Follow an answer',
        query: `subscription FollowAnswer($input: ProcessQueryInput!) {
  queryStream(input: $input) {
    ... on QueryRouted {
      routing {
        selectedModel
        reasoning
      }
    }
    ... on QueryEnriched {
      ace {
        awarenessScore
        playbookUsed
      }
    }
    ... on QueryToken {
      text
    }
    ... on QueryExecuted {
      e2b {
        executionSuccess
        output
      }
    }
    ... on QueryDone {
      result {
        id
        result
      }
    }
  }
}`,
        variables: { input: { query: 'How to create a Python function?', useCache: false } },
    },
    {
        title: 'Send a batch',
        query: `mutation SendBatch($input: ProcessBatchInput!) {
  processBatch(input: $input) {
    id
    status
    total
  }
}`,
        variables: { input: { queries: [{ query: 'What is 2+2?' }, { query: 'Sort a list in Python', customId: 'b' }], priority: 'HIGH' } },
    },
    {
        title: 'Follow a batch',
        query: `subscription FollowBatch($id: ID!) {
  batchProgress(id: $id) {
    status
    pending
    running
    succeeded
    failed
  }
}`,
        variables: { id: someId },
    },
    {
        title: 'A batch and its results',
        query: `query BatchWithResults($id: ID!) {
  batch(id: $id) {
    status
    succeeded
    failed
    results(first: 10) {
      nodes {
        index
        customId
        result {
          result
        }
        error {
          code
          message
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}`,
        variables: { id: someId },
    },
    {
        title: 'My batches',
        query: `query MyBatches($after: String) {
  batches(first: 10, after: $after) {
    nodes {
      id
      status
      total
      succeeded
      createdAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
    },
    {
        title: 'Cancel a batch',
        query: `mutation CancelBatch($id: ID!) {
  cancelBatch(id: $id) {
    status
    cancelled
  }
}`,
        variables: { id: someId },
    },
    {
        title: 'Who am I?',
        query: `query WhoAmI {
  me {
    id
    username
    roles
    permissions
  }
}`,
    },
    {
        title: 'My API keys',
        query: `query MyKeys {
  apiKeys(first: 10) {
    nodes {
      id
      name
      hint
      lastUsedAt
      revokedAt
    }
  }
}`,
    },
    {
        title: 'Make an API key',
        query: `mutation MakeKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    key
    apiKey {
      id
      name
      permissions
    }
  }
}`,
        variables: { input: { name: 'my laptop' } },
    },
    {
        title: 'End an API key',
        query: `mutation EndKey($id: ID!) {
  revokeApiKey(id: $id) {
    name
    revokedAt
  }
}`,
        variables: { id: someId },
    },
    {
        title: 'Usage over time',
        query: `query Usage($from: DateTime) {
  usage(from: $from, bucket: HOUR) {
    summary {
      ...Totals
    }
    series {
      start
      totals {
        ...Totals
      }
    }
  }
}

fragment Totals on UsageTotals {
  requests
  errors
  costUsd
}`,
    },
    {
        title: 'The system at a glance',
        query: `query System {
  systemMetrics {
    at
    lastHour {
      requests
      errors
    }
    cache {
      hitRatio
    }
  }
}`,
    },
    {
        title: 'The cache',
        query: `query Cache {
  cacheStats {
    hits
    misses
    hitRatio
    shared
  }
}`,
    },
    {
        title: 'Clear the cache',
        query: `mutation ClearCache {
  clearCache
}`,
    },
    {
        title: 'Anything by its id',
        query: `query Anything($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Model {
      name
    }
    ... on Batch {
      status
    }
  }
}`,
        variables: { id: 'capibara6-20b' },
    },
];
